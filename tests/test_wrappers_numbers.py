"""codegym.wrappers: numbers in place of text, as actions and as observations."""

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from hypothesis import given
from hypothesis import strategies as st

from codegym import CodeRepairEnv, LabelledProgram, Sandbox, load_problems
from codegym.errors import ProblemError, UsageError
from codegym.mutations import changed, places
from codegym.vector import CodeRepairVectorEnv
from codegym.wrappers import (
    ARITHMETIC,
    Bytes,
    CandidateChoice,
    DialogueText,
    Grammar,
    GrammarActions,
    Letters,
    ProgramEdits,
    RecordEpisode,
    TokenActions,
    TokenObservation,
    VerdictObservation,
)
from tests.fakes import PUBLIC_ONLY, RIGHT, WRONG, make_problem, scripted
from tests.test_vector import assert_equal

PROBLEMS = tuple(make_problem(f"double-{letter}") for letter in "abcde")
NONE: Any = "none of these"
Wrap = Callable[[gym.Env[Any, Any]], gym.Env[Any, Any]]
WRAPPERS: dict[str, list[Wrap]] = {
    "bytes": [lambda env: TokenActions(env, length=40)],
    "box": [lambda env: TokenActions(env, Letters("abc ()\n"), 8, form="box")],
    "choice": [CandidateChoice],
    "choice, not shown": [lambda env: CandidateChoice(env, 3, shown=False)],
    "edits": [ProgramEdits],
    "grammar": [GrammarActions],
    "token observation": [lambda env: TokenObservation(env, length=300, dtype=np.uint8)],
    "verdicts": [VerdictObservation],
    "all numbers": [GrammarActions, TokenObservation],
    "choice and text": [CandidateChoice, DialogueText, TokenObservation],
    "edits and verdicts": [ProgramEdits, VerdictObservation],
    "tokens both ways": [TokenActions, DialogueText, lambda env: TokenObservation(env, Letters("abcdefgh "), 50)],
}


def make_env(*wrappers: Wrap, **options: Any) -> gym.Env[Any, Any]:
    defaults: dict[str, Any] = {"problems": PROBLEMS, "sandbox": scripted()}
    env: gym.Env[Any, Any] = CodeRepairEnv(**(defaults | options))
    for wrap in wrappers:
        env = wrap(env)
    return env


@pytest.mark.filterwarnings("ignore:.*is different from the unwrapped version", "ignore:.*For Box action spaces")
@pytest.mark.parametrize("name", WRAPPERS)
def test_check_env_passes(name: str) -> None:
    """Gymnasium's own checker finds nothing, warnings being errors, but what is meant to be."""
    check_env(make_env(*WRAPPERS[name]), skip_render_check=True)


@pytest.mark.parametrize("name", WRAPPERS)
@pytest.mark.parametrize("mode", list(AutoresetMode), ids=lambda mode: mode.value)
def test_the_vector_form_equals_single_environments(name: str, mode: AutoresetMode) -> None:
    """As ``env_wrappers`` they give what they give around single environments."""
    envs: Any = CodeRepairVectorEnv(
        3, PROBLEMS, sandbox=scripted(), env_wrappers=WRAPPERS[name], autoreset_mode=mode, max_turns=2
    )
    make = functools.partial(make_env, *WRAPPERS[name], max_turns=2)
    others: Any = SyncVectorEnv([make] * 3, autoreset_mode=mode)
    assert envs.observation_space == others.observation_space
    assert_equal(envs.reset(seed=1), others.reset(seed=1))
    envs.action_space.seed(2)
    for _ in range(12):
        actions = envs.action_space.sample()
        step = envs.step(actions)
        assert_equal(step, others.step(actions))
        assert envs.observation_space.contains(step[0])
        over = step[2] | step[3]
        if over.any() and mode is AutoresetMode.DISABLED:
            mask = {"reset_mask": over}
            assert_equal(envs.reset(options=dict(mask)), others.reset(options=dict(mask)))
    envs.close()


@pytest.mark.parametrize("name", ["choice", "choice, not shown", "edits", "grammar", "verdicts"])
def test_wrappers_leave_the_draws_of_problems_alone(name: str) -> None:
    """The same seed draws the same problems with the wrapper and without it."""
    drawn = []
    for env in (make_env(), make_env(*WRAPPERS[name])):
        drawn.append([env.reset(seed=3)[1]["problem_id"]] + [env.reset()[1]["problem_id"] for _ in range(20)])
    assert drawn[0] == drawn[1]


@given(st.text())
def test_bytes_come_back(text: str) -> None:
    """Text without NUL and without surrogates is encoded and decoded to itself, in ids from 1 to 255."""
    ids = Bytes().encode(text)
    assert all(0 < one < Bytes.size for one in ids)
    if "\0" not in text:
        assert Bytes().decode(ids) == text


@given(st.lists(st.sampled_from(["print", "(", ")", "p", "1", "\n"])))
def test_letters_come_back(tokens: list[str]) -> None:
    """Text made of the tokens is encoded and decoded to itself, other letters being left out."""
    codec = Letters(["p", "print", "(", ")", "1", "\n"])
    text = "".join(tokens)
    assert codec.decode(codec.encode(text)) == text
    assert codec.decode(codec.encode(text + "é")) == text
    assert codec.encode("print") == [2]


def test_a_program_ends_before_the_first_zero() -> None:
    """What comes after a 0 is not part of it; without one it is all."""
    env: Any = make_env(lambda env: TokenActions(env, length=60))
    env.reset(seed=0)
    action = np.zeros(60, dtype=np.int32)
    action[: len(WRONG)] = Bytes().encode(WRONG)
    action[-1] = 65
    observation, *_ = env.step(action)
    assert observation["dialogue"][0]["program"] == WRONG
    observation, *_ = env.step([80] * 60)
    assert observation["dialogue"][1]["program"] == "P" * 60


@pytest.mark.parametrize(
    ("wrap", "action"),
    [
        (lambda env: TokenActions(env, length=3), [1, 2]),
        (lambda env: TokenActions(env, length=3), [1, 2, 256]),
        (lambda env: TokenActions(env, length=3), [1, 2, -1]),
        (lambda env: TokenActions(env, length=3), [1.0, 2.0, 3.0]),
        (lambda env: TokenActions(env, length=3, form="box"), "abc"),
        (lambda env: TokenActions(env, length=3, form="box"), None),
        (CandidateChoice, 4),
        (CandidateChoice, -1),
        (CandidateChoice, "0"),
        (CandidateChoice, 1.0),
        (ProgramEdits, [32, 0]),
        (ProgramEdits, [0]),
        (GrammarActions, [8] * 12),
        (GrammarActions, "print(1)"),
    ],
)
def test_an_action_outside_of_the_space_is_refused(wrap: Wrap, action: Any) -> None:
    """One sentence says what was expected; the episode is as it was."""
    env = make_env(wrap)
    env.reset(seed=0)
    with pytest.raises(UsageError, match="expected"):
        env.step(action)
    assert env.get_wrapper_attr("clone_state")().dialogue == ()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda env: TokenActions(env, length=0),
        lambda env: TokenActions(env, length=True),
        lambda env: TokenActions(env, form=NONE),
        lambda env: TokenActions(env, Letters([])),
        lambda env: TokenActions(env, Letters(["a", "a"])),
        lambda env: TokenActions(env, Letters(["a", ""])),
        lambda env: TokenObservation(env, keep=NONE),
        lambda env: TokenObservation(env, dtype=np.float32),
        lambda env: TokenObservation(env, dtype=np.int8),
        lambda env: CandidateChoice(env, 1),
        lambda env: CandidateChoice(DialogueText(env)),
        lambda env: ProgramEdits(DialogueText(env)),
        lambda env: ProgramEdits(env, 0),
        lambda env: VerdictObservation(env, 0),
        lambda env: GrammarActions(env, length=0),
        lambda env: GrammarActions(env, Grammar({})),
        lambda env: GrammarActions(env, Grammar({"a": []})),
        lambda env: GrammarActions(env, Grammar({"a": ["<b>"]})),
        lambda env: GrammarActions(env, Grammar({"a": ["<a>"], "b": ["x"]})),
    ],
)
def test_a_bad_argument_is_refused(wrap: Wrap) -> None:
    """Each is one UsageError."""
    with pytest.raises(UsageError, match="expected"):
        make_env(wrap)


@pytest.mark.parametrize(("keep", "shown"), [("start", slice(None, 30)), ("end", slice(-30, None))])
def test_a_long_text_is_cut(keep: Any, shown: slice) -> None:
    """The end that is asked for is kept; a short text is padded with zeros behind."""
    text, _ = make_env(DialogueText).reset(seed=0)
    ids, _ = make_env(lambda env: TokenObservation(env, length=30, keep=keep)).reset(seed=0)
    assert Bytes().decode(ids.tolist()) == text[shown]
    ids, _ = make_env(lambda env: TokenObservation(env, length=5000)).reset(seed=0)
    assert Bytes().decode(ids[: len(text)].tolist()) == text
    assert not ids[len(text) :].any()


def test_the_text_that_is_shown_can_be_chosen() -> None:
    """Any function of the observation makes the text."""
    env = make_env(lambda env: TokenObservation(env, length=9, text=lambda seen: str(seen["turns_left"])))
    assert env.reset(seed=0)[0].tolist() == [ord("3")] + [0] * 8


def test_a_position_tells_nothing_of_a_candidate() -> None:
    """The reference is in every place about as often, whatever the problem; the same seed gives the same orders."""
    orders = []
    for _ in range(2):
        env = make_env(CandidateChoice)
        env.reset(seed=0)
        orders.append([env.reset(options={"problem_id": "double-a"})[0]["candidates"] for _ in range(400)])
    assert orders[0] == orders[1]
    counts = Counter(candidates.index(RIGHT) for candidates in orders[0])
    assert sorted(counts) == [0, 1, 2, 3]
    assert min(counts.values()) > 60  # expected 100, with a standard deviation of 9
    assert all(set(candidates) == {RIGHT, WRONG, PUBLIC_ONLY} for candidates in orders[0])


def test_the_right_candidate_solves_and_others_do_not() -> None:
    """A choice steps with the program that is shown at that place."""
    env: Any = make_env(CandidateChoice)
    for program, reward in ((RIGHT, 1), (WRONG, 0), (PUBLIC_ONLY, -1)):
        observation, _ = env.reset(seed=1)
        observation, got, *_ = env.step(np.int64(observation["candidates"].index(program)))
        assert (got, observation["dialogue"][0]["program"]) == (reward, program)


@pytest.mark.parametrize("changes", [{"reference": None}, {"programs": ()}], ids=str)
def test_a_problem_without_candidates_is_a_problem_error(changes: dict[str, Any]) -> None:
    """The error names the problem."""
    env = make_env(CandidateChoice, problems=[make_problem(**changes)])
    with pytest.raises(ProblemError, match="double"):
        env.reset(seed=0)


def test_a_step_before_reset_is_refused() -> None:
    """As in the environment itself."""
    with pytest.raises(UsageError, match=r"expected reset\(\)"):
        make_env(CandidateChoice).step(0)


@pytest.mark.parametrize("family", ["operator", "off-by-one"])
def test_one_edit_solves_a_procedural_repair(family: str, any_sandbox: Sandbox) -> None:
    """Some action leads from the starter to the reference; it solves the episode, others do not change the text."""
    env: Any = make_env(ProgramEdits, problems=f"procedural:{family}?seed=1&size=3", sandbox=any_sandbox)
    observation, info = env.reset(seed=0)
    problem = env.get_wrapper_attr("problem")
    there = places(problem.starter)
    assert (observation["program"], info["places"]) == (problem.starter, len(there))
    observation, reward, *_ = env.step([31, 0])
    assert (observation["program"], reward) == (problem.starter, 0)
    action = next(
        (place, number)
        for place in range(len(there))
        for number in range(len(there[place].alternatives))
        if changed(problem.starter, there[place], number) == problem.reference
    )
    observation, reward, terminated, _, info = env.step(action)
    assert (observation["program"], reward, terminated, info["solved"]) == (problem.reference, 1, True, True)


def test_edits_add_up_and_go_on_from_a_dialogue() -> None:
    """Each change is made to what the last one left, or to the last program of a dialogue that was given."""
    env: Any = make_env(ProgramEdits)
    env.reset(seed=0)
    first = env.step([0, 0])[0]["program"]
    second = env.step([0, 0])[0]["program"]
    assert first == changed(PUBLIC_ONLY, places(PUBLIC_ONLY)[0], 0)
    assert second == changed(first, places(first)[0], 0)
    observation, _ = env.reset(options={"dialogue": [{"program": "print(7)", "feedback": "no"}]})
    assert observation["program"] == "print(7)"


def test_edits_begin_with_a_wrong_program_where_there_is_no_starter() -> None:
    """It is drawn by the seed; without any the error names the problem."""
    wrong = tuple(LabelledProgram(f"w{n}", "wrong_answer", f"print({n})") for n in range(20))
    env = make_env(ProgramEdits, problems=[make_problem(starter=None, programs=wrong)])
    drawn = [env.reset(seed=seed)[0]["program"] for seed in (0, 0, 1, 2, 3)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1
    with pytest.raises(ProblemError, match="double"):
        make_env(ProgramEdits, problems=[make_problem(starter=None, programs=())]).reset()


def test_verdicts_stand_by_turn_and_test() -> None:
    """Rows fill up turn by turn and are empty after a reset; what was shown does not change."""
    env = make_env(lambda env: VerdictObservation(env, tests=3))
    assert not env.reset(seed=0)[0].any()
    first, *_ = env.step(WRONG)
    second, *_ = env.step(PUBLIC_ONLY)
    assert first.tolist() == [[2, 2, 0], [0, 0, 0], [0, 0, 0]]
    assert second.tolist() == [[2, 2, 0], [1, 1, 0], [0, 0, 0]]
    assert not env.reset()[0].any()


@given(st.lists(st.integers(0, 7), max_size=40))
def test_every_choice_of_productions_is_a_program(choices: list[int]) -> None:
    """It has no name left, can be compiled, and gives a number."""
    program = ARITHMETIC.program(choices)
    compile(program, "main.py", "exec")
    assert "<" not in program


def test_the_grammar_has_hidden_rules_in_it() -> None:
    """Random choices come upon programs that do what most rules of the procedural family do."""
    rng = np.random.default_rng(0)
    inputs = [(3, -7), (-20, 11), (6, 6), (0, 5), (-4, -9)]

    def values(program: str | None) -> tuple[int, ...]:
        expression = (program or "").splitlines()[1].removeprefix("print(").removesuffix(")")
        return tuple(eval(expression, {"a": a, "b": b}) for a, b in inputs)

    made = {ARITHMETIC.program(rng.integers(8, size=12).tolist()) for _ in range(20_000)}
    rules = {problem.reference for problem in load_problems("procedural:hidden-rule?size=60")}
    found = set(map(values, made))
    assert sum(values(rule) in found for rule in rules) > len(rules) / 2


def test_a_grammar_takes_the_leftmost_name_first() -> None:
    """Choices go from left to right, those of names with one production being left out."""
    grammar = Grammar({"start": ["<item>, <item>"], "item": ["x", "<item>y", "z"]})
    assert [grammar.program(choices) for choices in ([], [1, 0], [1, 1, 2, 2], [3, 5])] == [
        "x, x",
        "xy, x",
        "zyy, z",
        "x, z",
    ]


def test_recording_goes_on_inside_of_numbers(tmp_path: Any) -> None:
    """``RecordEpisode`` around the environment sees programs, whatever the agent gives."""
    env: Any = make_env(lambda env: RecordEpisode(env, tmp_path / "e.jsonl"), CandidateChoice, DialogueText)
    env.reset(seed=0)
    for _ in range(3):
        if env.step(0)[2]:
            break
    assert len((tmp_path / "e.jsonl").read_text().splitlines()) == 1


def test_spaces_are_as_told() -> None:
    """The spaces of the docstrings."""
    env = make_env(lambda env: TokenActions(env, length=4, form="box"), lambda env: TokenObservation(env, length=6))
    assert env.action_space == spaces.Box(0, 255, (4,), np.int64)
    assert env.observation_space == spaces.Box(0, 255, (6,), np.int64)
    assert make_env(ProgramEdits).action_space == spaces.MultiDiscrete([32, 6])
    assert make_env(GrammarActions).action_space == spaces.MultiDiscrete([8] * 12)
    assert make_env(VerdictObservation).observation_space == spaces.Box(0, 9, (3, 8), np.int64)
