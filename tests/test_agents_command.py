"""Tests of agents command:WORDS."""

import json
import shlex
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from codegym.bench.agents import Agent, Answer, Context, ask, make_agent
from codegym.bench.agents.gather import close
from codegym.bench.options import Connection
from codegym.bench.run import Settings, run_benchmark
from codegym.datasets import ProblemSet
from codegym.errors import AgentError, RequestError, UsageError
from tests.fakes import RIGHT, WRONG, make_problem, scripted
from tests.test_agents import seen

PROBLEMS = ProblemSet([make_problem(name) for name in "abcd"], "four")
Make = Callable[..., Agent]
LOOP = "import json, sys\nfor line in sys.stdin:\n    question = json.loads(line)\n    {body}\n"
SAY = "print(json.dumps({'answer': %s}), flush=True)"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    """Makes an agent of a program's text; all are closed at the end."""
    agents: list[Agent] = []

    def make(text: str, timeout_s: float = 60.0) -> Agent:
        file = tmp_path / f"agent {len(agents)}.py"
        file.write_text(textwrap.dedent(text))
        words = shlex.join([sys.executable, str(file)])
        agents.append(make_agent(f"command:{words}", PROBLEMS, connection=Connection(timeout_s=timeout_s)))
        return agents[-1]

    yield make
    for agent in agents:
        close(agent)


def looped(body: str) -> str:
    return LOOP.format(body=body)


def test_a_question_is_a_line_and_so_is_its_answer(made: Make) -> None:
    """The child gets observation, answers so far and seed, and its answer and tokens come back."""
    keep = "print(json.dumps({'answer': line, 'prompt_tokens': 5, 'completion_tokens': 6}), flush=True)"
    answer = ask(made(looped(keep)), seen(1), Context(seed=9, answers=("whole",)))
    question = json.loads(answer.text)
    assert (answer.prompt_tokens, answer.completion_tokens) == (5, 6)
    assert question == {"id": 1, **seen(1), "dialogue": [*seen(1)["dialogue"]], "answers": ["whole"], "seed": 9}


@pytest.mark.parametrize("text", ["", "\ud800", "a\nb\u2028", "\0\x1b[0m", "x" * 3_000_000], ids=lambda t: ascii(t)[:9])
def test_any_text_comes_back(made: Make, text: str) -> None:
    """What JSON can hold is an answer, empty and huge ones too."""
    child = looped(SAY % "question['problem']")
    assert ask(made(child), seen(0, text) if text else {**seen(0), "problem": ""}) == Answer(text)


def test_answers_may_come_in_another_order(made: Make) -> None:
    """With ids a child may answer a later question first: each thread gets its own answer."""
    child = """
        import json, sys
        kept = []
        for line in sys.stdin:
            kept.append(json.loads(line))
            if len(kept) == 4:
                for question in reversed(kept):
                    print(json.dumps({"id": question["id"], "answer": question["problem"]}), flush=True)
    """
    agent = made(child)
    with ThreadPoolExecutor(4) as executor:
        answers = executor.map(lambda name: ask(agent, seen(0, name)).text, "abcd")
        assert list(answers) == list("abcd")


def test_answers_without_ids_belong_to_the_questions_in_their_order(made: Make) -> None:
    """A plain loop serves any number of threads."""
    agent = made(looped(SAY % "question['problem']"))
    names = [str(number) for number in range(40)]
    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(lambda name: ask(agent, seen(0, name)).text, names)) == names


def test_a_child_that_dies_is_started_again_once(made: Make, tmp_path: Path) -> None:
    """After one death the question is put to a fresh child, and nobody is the wiser."""
    mark = tmp_path / "mark"
    once = f"import os; os.path.exists({str(mark)!r}) or (open({str(mark)!r}, 'w'), os._exit(3)); {SAY % '1 * str(2)'}"
    assert ask(made(looped(once)), seen(0)).text == "2"


DEATHS = {
    "at once": ("import sys; sys.exit('no model file')", "exit status 1; it said: no model file"),
    "a traceback": ("1 / 0", "ZeroDivisionError"),
    "a signal": ("import os; os.kill(os.getpid(), 9)", "signal 9; it said nothing"),
    "quietly": ("", "exit status 0; it said nothing"),
    "at a question": ("input(); raise SystemExit('cannot think')", "cannot think"),
    "no JSON": ("input(); print('hello', flush=True); input()", "got 'hello'"),
    "another object": ("input(); print('{}', flush=True); input()", "got '{}'"),
    "no object": ("input(); print('[1]', flush=True); input()", "got '[1]'"),
    "no text": ("input(); print('{\"answer\": 7}', flush=True); input()", "answer"),
    "an unknown id": ('input(); print(\'{"answer": "", "id": 99}\', flush=True); input()', "99"),
    "nested": ("input(); print('[' * 99999, flush=True); input()", "got '[[["),
    "control characters": ("import sys; sys.exit('a\\0\\n\\x1b[31mb')", "exit status 1"),
}


@pytest.mark.parametrize("case", DEATHS)
def test_a_child_that_never_answers_is_told_in_one_sentence(made: Make, case: str) -> None:
    """A child that dies or writes something else is an AgentError with what it said; it is no failed request."""
    text, word = DEATHS[case]
    agent = made(text)
    with pytest.raises(AgentError) as failed:
        ask(agent, seen(0))
    assert word in str(failed.value)
    assert "\n" not in str(failed.value)
    assert not isinstance(failed.value, RequestError)


def test_a_child_that_had_answered_fails_a_request(made: Make) -> None:
    """Once it has answered, a question on which it dies is a failed request, and others are answered."""
    agent = made(looped("question['problem'] == 'bad' and sys.exit('gone'); " + SAY % "'x'"))
    assert ask(agent, seen(0)).text == "x"
    with pytest.raises(RequestError, match="gone"):
        ask(agent, seen(0, "bad"))
    assert ask(agent, seen(0)).text == "x"


def test_a_child_that_hangs_is_given_up(made: Make) -> None:
    """No answer in time is told with the time, and the child is ended."""
    agent = made("import time\ntime.sleep(3600)", timeout_s=0.5)
    with pytest.raises(AgentError, match=r"within 0\.5 s, got none"):
        ask(agent, seen(0))


def test_a_child_that_reads_nothing_blocks_nobody(made: Make) -> None:
    """Questions larger than a pipe wait no longer than the time-out."""
    agent = made("import time\ntime.sleep(3600)", timeout_s=0.5)
    with pytest.raises(AgentError, match="got none"):
        ask(agent, seen(0, "x" * 1_000_000))


def test_a_child_that_talks_on_standard_error_is_not_blocked(made: Make) -> None:
    """More than a pipe holds may be written there."""
    assert ask(made(looped("print('x' * 1000000, file=sys.stderr); " + SAY % "'y'")), seen(0)).text == "y"


def test_closing_ends_the_child_and_who_waits(made: Make, tmp_path: Path) -> None:
    """At the end the child is gone, though it would go on for ever, and a question ends with an AgentError."""
    mark = tmp_path / "pid"
    agent = made(f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(3600)")
    failed: list[AgentError] = []

    def asks() -> None:
        try:
            ask(agent, seen(0))
        except AgentError as error:
            failed.append(error)

    thread = threading.Thread(target=asks)
    thread.start()
    while not (mark.exists() and mark.read_text()):
        time.sleep(0.01)
    close(agent)
    thread.join(30)
    assert ["stopped" in str(error) for error in failed] == [True]
    assert not Path(f"/proc/{mark.read_text()}/cmdline").exists()


@pytest.mark.parametrize("words", ["'unclosed", "no_such_program_anywhere", "/", "''"])
def test_a_command_that_cannot_be_started_is_refused(words: str) -> None:
    """Bad quoting and missing programs are UsageErrors that name them."""
    with pytest.raises(UsageError, match=r"expected a command"):
        make_agent(f"command:{words}", PROBLEMS)


def test_a_run_with_a_command(made: Make, tmp_path: Path) -> None:
    """A whole run, four episodes at once, with what the child says recorded."""
    file = tmp_path / "two turns.py"
    file.write_text(looped(SAY % f"{RIGHT!r} if question['dialogue'] else {WRONG!r}"))
    settings: Any = Settings(f"command:{shlex.join([sys.executable, str(file)])}")
    episodes = run_benchmark(settings, PROBLEMS, scripted(), tmp_path / "run", concurrency=4)
    assert [(episode.solved, len(episode.turns)) for episode in episodes] == [(True, 2)] * 4
