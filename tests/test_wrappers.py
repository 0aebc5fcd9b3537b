"""codegym.wrappers: from a chat answer to a program, from the dialogue to messages, and to a file."""

import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import gymnasium as gym
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import example, given
from hypothesis import strategies as st

from codegym import CodeRepairEnv, Sandbox, judge
from codegym.episode import Episode
from codegym.errors import UsageError
from codegym.feedback import code_block
from codegym.wrappers import ChatMessages, DialogueText, ExtractProgram, RecordEpisode, Which, extract_program
from tests.fakes import PUBLIC_ONLY, RIGHT, WRONG, make_problem, scripted

EXTRACTIONS: dict[str, tuple[str, str | None, str | None]] = {
    # An answer, the program in it by `last`, and by `first`.
    "one": ("Here:\n```python\nx\n```\nDone.", "x\n", "x\n"),
    "two": ("```python\na\n```\nor\n```python\nb\n```\n", "b\n", "a\n"),
    "tildes": ("~~~python\nx\n~~~\n", "x\n", "x\n"),
    "tildes-hold-backticks": ("~~~python\n```\n~~~\n", "```\n", "```\n"),
    "backticks-hold-tildes": ("```python\n~~~\n```\n", "~~~\n", "~~~\n"),
    "longer-fence": ("````python\n```\nx\n```\n````\n", "```\nx\n```\n", "```\nx\n```\n"),
    "longer-end": ("```python\nx\n`````\ny\n", "x\n", "x\n"),
    "unclosed": ("```python\nx\ny", "x\ny", "x\ny"),
    "unclosed-second": ("```python\na\n```\n```python\nb", "b", "a\n"),
    "unmarked": ("```\nx\n```", "x\n", "x\n"),
    "marked-wins": ("```\nout\n```\n```python\nx\n```\n```\nout\n```\n", "x\n", "x\n"),
    "other-languages": ("```python\nx\n```\n```bash\nls\n```\n```json\n{}\n```\n", "x\n", "x\n"),
    "only-others": ("```bash\nls\n```\n```text\nx\n```\n", None, None),
    "py": ("```py\nx\n```", "x\n", "x\n"),
    "python3": ("```Python3\nx\n```", "x\n", "x\n"),
    "spaced-mark": ("``` python \nx\n```", "x\n", "x\n"),
    "attributes": ('```python title="a.py"\nx\n```\n```{.python}\ny\n```\n', "y\n", "x\n"),
    "crlf": ("```python\r\nx\r\n```\r\n", "x\r\n", "x\r\n"),
    "none": ("print(1)", None, None),
    "empty": ("", None, None),
    "inline": ("Use ```print(1)``` and `x`.", None, None),
    "two-backticks": ("``python\nx\n``", None, None),
    "in-a-sentence": ("text ```python\nx\n", None, None),
    "empty-block": ("```python\n```\n", "", ""),
    "end-with-words": ("```python\nx\n```python\ny\n```\n", "x\n```python\ny\n", "x\n```python\ny\n"),
    "shorter-end": ("````python\nx\n```\ny", "x\n```\ny", "x\n```\ny"),
    "fence-in-docstring": (
        '```python\ndef f():\n    """\n    ```\n    x\n    ```\n    """\n```\n',
        'def f():\n    """\n    ```\n    x\n    ```\n    """\n',
        'def f():\n    """\n    ```\n    x\n    ```\n    """\n',
    ),
    "indented": ("1. So:\n   ```python\n   if x:\n       y\n\n   ```\n", "if x:\n    y\n\n", "if x:\n    y\n\n"),
    "indented-one": (" ```python\n if x:\n  y\n ```\n", "if x:\n y\n", "if x:\n y\n"),
    "line-separator-in-text": (
        '```python\nx = """\u2028```\n"""\n```\n',
        'x = """\u2028```\n"""\n',
        'x = """\u2028```\n"""\n',
    ),
}


@pytest.mark.parametrize(("answer", "last", "first"), EXTRACTIONS.values(), ids=EXTRACTIONS.keys())
def test_program_is_the_first_or_last_block(answer: str, last: str | None, first: str | None) -> None:
    """The program is the content of the first or last Python block, as Markdown has it; None where there is none."""
    assert extract_program(answer) == extract_program(answer, "last") == last
    assert extract_program(answer, "first") == first


@pytest.mark.parametrize("end", ["```", "```\n", "```\n \n"], ids=repr)
def test_stray_fence_at_the_end_is_no_program(end: str) -> None:
    """A fence with nothing after it does not put an empty program in the place of the one before it."""
    assert extract_program(f"```\nx\n```\nDone.\n{end}") == "x\n"


@given(st.text(st.characters(exclude_categories=()) | st.sampled_from("`~\n\r \u2028"), max_size=60))
@example("```\n~~~~\n`````\n")
@example("\x0c```\n\x1c```")
def test_block_that_we_show_gives_the_program_back(program: str) -> None:
    """Whatever fences a program holds, out of the block in which we show it comes that program."""
    answer = f"Some words.\n\n{code_block(program, 'python')}\nMore words."
    assert extract_program(answer) == (program if program.endswith("\n") else program + "\n")


@given(st.text(st.sampled_from("`~ \npyx\t\r"), max_size=60), st.sampled_from(["first", "last"]))
def test_program_is_always_a_part_of_the_answer(answer: str, which: Which) -> None:
    """Any answer gives None, or lines of the answer in order, without anything added."""
    program = extract_program(answer, which)
    left = iter(answer.splitlines())
    assert program is None or all(any(line in other for other in left) for line in program.splitlines())


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "line",
    ["~" * 10**6 + "`", "```" + "a" * 10**6 + "`", "~~~" + " " * 10**6 + "`", "```\n" * 10**5, "`" * 10**6],
    ids=["tildes", "word", "spaces", "lines", "backticks"],
)
def test_degenerate_answers_do_not_hang(line: str) -> None:
    """A model that repeats one character a million times stalls nothing: reading takes time in proportion."""
    with at_most(3):
        extract_program(line)


@pytest.mark.parametrize("which", ["", "second", "Last", None, 0], ids=repr)
def test_other_choices_are_refused(which: Any) -> None:
    """A choice that is neither first nor last is refused when the wrapper is made, and by the function."""
    for use in (lambda: extract_program("x", which), lambda: ExtractProgram(env(), which)):
        with pytest.raises(UsageError, match="expected which block 'first' or 'last', got"):
            use()


def env(**options: Any) -> CodeRepairEnv:
    return CodeRepairEnv(problems=[make_problem()], **({"sandbox": scripted()} | options))


def block(program: str) -> str:
    return f"I think:\n```python\n{program}```\n"


def test_extracted_program_is_what_runs() -> None:
    """The environment sees the program alone, and info says at every step whether there was one."""
    wrapped = ExtractProgram(env(), "first")
    assert wrapped.reset()[1]["extracted"] is False
    observation, _, ended, _, info = wrapped.step(block(WRONG) + block(RIGHT))
    assert (observation["dialogue"][-1]["program"], ended, info["extracted"]) == (WRONG, False, True)
    _, _, ended, _, info = wrapped.step("I do not know.")
    assert (ended, info["extracted"], info["verdict"]) == (False, False, "no_program")
    _, reward, ended, _, info = wrapped.step(block(RIGHT))
    assert (reward, ended, info["extracted"], info["solved"]) == (1.0, True, True, True)


def test_program_in_prose_is_no_program() -> None:
    """An answer that is itself a right program, but in no block, is not run, and costs the penalty under `rlef`."""
    wrapped = ExtractProgram(env(reward="rlef"))
    wrapped.reset()
    assert wrapped.step(RIGHT)[1] == -0.2


@pytest.mark.parametrize("answer", [None, b"```python\n```", ["x"], 5], ids=repr)
def test_answers_that_are_no_text_are_refused(answer: Any) -> None:
    """An answer of another type raises UsageError and leaves the episode as it was."""
    wrapped = ExtractProgram(env())
    wrapped.reset()
    with pytest.raises(UsageError, match=f"expected an answer as text, got {type(answer).__name__}"):
        wrapped.step(answer)
    assert wrapped.step(block(RIGHT))[4]["turn"] == 1


@pytest.mark.parametrize("answer", ["```python\nx = '\ud800'\n```", "\udfff", "```python\n\0\n```"], ids=ascii)
def test_answers_that_utf8_cannot_hold_stay_in_the_spaces(answer: str) -> None:
    """A lone surrogate or a NUL in an answer gives a verdict, and observations within their space."""
    wrapped = DialogueText(ExtractProgram(env()))
    wrapped.reset()
    assert wrapped.step(answer)[0] in wrapped.observation_space


def test_messages_tell_the_dialogue_in_order() -> None:
    """System, problem, then program and feedback in turn, each program in a block that gives it back."""
    wrapped = ChatMessages(env(), system="Be brief.")
    wrapped.reset()
    program = "s = '''\n```\n'''\n"
    wrapped.step(program)
    messages = wrapped.step(WRONG)[0]
    dialogue = wrapped.get_wrapper_attr("clone_state")().dialogue
    assert [message["role"] for message in messages] == ["system", *["user", "assistant"] * 2, "user"]
    assert messages[0]["content"] == "Be brief."
    assert [extract_program(message["content"]) for message in messages[2::2]] == [program, WRONG]
    assert [message["content"] for message in messages[3::2]] == [turn["feedback"] for turn in dialogue]
    assert ChatMessages(env()).reset()[0][0]["role"] == "user"


def test_text_holds_the_whole_dialogue_and_grows() -> None:
    """The text after a turn begins with the text before it and holds program and feedback."""
    wrapped = DialogueText(env())
    before, _ = wrapped.reset()
    for program in (WRONG, PUBLIC_ONLY):
        after = wrapped.step(program)[0]
        assert after.startswith(before)
        assert code_block(program, "python") in after.removeprefix(before)
        before = after


def test_an_episode_can_start_from_a_dialogue_through_wrappers() -> None:
    """Options and seed of reset pass through every wrapper."""
    turn = {"program": "old\n", "feedback": "bad"}
    messages, info = ChatMessages(ExtractProgram(env())).reset(seed=1, options={"dialogue": [turn]})
    assert [message["content"] for message in messages[1:]] == [code_block("old\n", "python"), "bad"]
    assert info["turn"] == 1


def records(path: Path) -> list[Episode]:
    return [Episode.from_json(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_record_is_of_whole_episodes(tmp_path: Path) -> None:
    """Each episode that ends is one line with whole answers; one that is left is none; lines are added to a file."""
    path = tmp_path / "new" / "folder" / "episodes.jsonl"
    for _ in range(2):
        wrapped = RecordEpisode(ExtractProgram(env(reward="gain")), path)
        wrapped.reset()
        wrapped.step(block(WRONG))
        wrapped.reset()
        rewards = [wrapped.step(answer)[1] for answer in ("odd \ud800 answer", block(PUBLIC_ONLY))]
    first, second = records(path)
    assert [turn.answer for turn in first.turns] == ["odd \ud800 answer", block(PUBLIC_ONLY)]
    assert [turn.program for turn in first.turns] == ["", PUBLIC_ONLY]
    assert [turn.reward for turn in first.turns] == rewards
    assert (first.problem_id, first.difficulty, first.solved) == ("double", "easy", False)
    assert (first.verdict, first.private_verdicts) == ("wrong_answer", ("accepted", "wrong_answer", "skipped"))
    assert second.turns == first.turns


@pytest.mark.parametrize("name", ["file/below", ".", "nul\0"], ids=repr)
def test_record_needs_a_file_that_can_be_written(tmp_path: Path, name: str) -> None:
    """A path that cannot be a file is refused when the wrapper is made, not when an episode ends."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"\Aexpected a file that can be written, got "):
        RecordEpisode(env(), tmp_path / name)


WRAPPERS: dict[str, Callable[[Any, Path], Any]] = {
    "extract": lambda e, _: ExtractProgram(e, "first"),
    "messages": lambda e, _: ChatMessages(e, "Be brief."),
    "text": lambda e, _: DialogueText(e),
    "record": lambda e, path: RecordEpisode(e, path / "r.jsonl"),
    "all-text": lambda e, path: DialogueText(RecordEpisode(ExtractProgram(e), path / "r.jsonl")),
    "extract-outside": lambda e, path: ExtractProgram(cast(Any, ChatMessages(RecordEpisode(e, path / "r.jsonl")))),
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS.keys())
def test_check_env_passes_on_wrapped_environments(wrap: Callable[[Any, Path], Any], tmp_path: Path) -> None:
    """Gymnasium's checker finds nothing wrong with a wrapped environment, spaces of observations included."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is different from the unwrapped version")
        check_env(wrap(env(), tmp_path), skip_render_check=True)


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS.keys())
def test_spec_makes_the_same_wrappers_again(wrap: Callable[[Any, Path], Any], tmp_path: Path) -> None:
    """The spec of a wrapped environment holds the wrappers and their arguments, and makes them again."""
    made = wrap(gym.make("CodeRepairEnv-v0", problems=[make_problem()], sandbox=scripted()), tmp_path)
    again = gym.make(made.spec)
    assert str(again) == str(made)
    assert again.spec is not None
    assert again.spec.additional_wrappers == made.spec.additional_wrappers
    assert repr(again.reset(seed=3)) == repr(made.reset(seed=3))


def test_wrapped_environment_judges_as_the_judge_does(any_sandbox: Sandbox, tmp_path: Path) -> None:
    """Through all wrappers, with programs that really run, the end is what the judge says of the program."""
    inner = env(sandbox=any_sandbox, max_turns=2)
    wrapped = ChatMessages(RecordEpisode(ExtractProgram(inner), tmp_path / "r.jsonl"))
    for program in (RIGHT, PUBLIC_ONLY):
        wrapped.reset()
        wrapped.step(f"1. So:\n   ```python\n   1 // 0\n   ```\n2. Or ~~~ so:\n~~~py\n{WRONG}~~~\n")
        info = wrapped.step(block(program))[4]
        said = judge(program, make_problem(), sandbox=any_sandbox, split="both")
        assert (info["solved"], info["private"]["verdict"]) == (said.accepted, said.verdict)
    assert [record.solved for record in records(tmp_path / "r.jsonl")] == [True, False]
