"""Tests of codegym.bench.agents."""

import itertools
import json
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from codegym import LabelledProgram, ProblemSet
from codegym.bench.agents import Agent, make_agent, played
from codegym.bench.agents.asking import ask as ask_it
from codegym.bench.agents.knowing import BUILT_IN
from codegym.env import Exchange, Observation
from codegym.episode import Episode, TurnRecord
from codegym.errors import AgentError, UsageError
from codegym.feedback import describe
from tests.fakes import PUBLIC_ONLY, RIGHT, WRONG, make_problem

NUMBERS = itertools.count()
PROBLEM = make_problem()
BARE = make_problem("bare", reference=None, starter=None, programs=())
PROBLEMS = ProblemSet([PROBLEM, BARE], "two")


def ask(agent: Agent, observation: Observation) -> str:
    """The text of its answer."""
    return ask_it(agent, observation).text


def seen(turn: int, text: str | None = None) -> Observation:
    """What is observed after some turns."""
    exchanges = tuple(Exchange(program="p", feedback="f") for _ in range(turn))
    return {"problem": text or describe(PROBLEM.visible), "dialogue": exchanges, "turns_left": 3 - turn}


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes a module of its own into the current folder, and gives the agent of an object in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    name = f"agent_of_test_{next(NUMBERS)}"

    def write(text: str, attribute: str = "agent") -> Agent:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
        return make_agent(f"python:{name}:{attribute}", PROBLEMS)

    yield write
    sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("oracle", [RIGHT, RIGHT]),
        ("wrong", [WRONG, WRONG]),
        ("starter", [PUBLIC_ONLY, PUBLIC_ONLY]),
        ("repair", [WRONG, RIGHT]),
    ],
)
def test_built_in_agents_answer_from_the_labelled_programs(name: str, answers: list[str]) -> None:
    """Each built-in agent gives the program that its name says, turn by turn, from the text alone."""
    agent = make_agent(name, PROBLEMS)
    assert [ask(agent, seen(turn)) for turn in range(2)] == answers


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_agents_play_only_what_they_know(name: str) -> None:
    """A problem without the programs that an agent answers from is not played, and answered with an AgentError."""
    agent = make_agent(name, PROBLEMS)
    assert played(agent, PROBLEMS) == ["double"]
    with pytest.raises(AgentError, match=name):
        ask(agent, seen(0, describe(BARE.visible)))


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_agents_know_no_other_problem(name: str) -> None:
    """A text that is none of the problems' is an AgentError."""
    with pytest.raises(AgentError, match="expected a problem"):
        ask(make_agent(name, PROBLEMS), seen(0, "another problem"))


def test_repair_begins_with_a_program_that_fails_in_public() -> None:
    """Of several wrong programs the first answer is one that feedback will be given on."""
    programs = (
        LabelledProgram("hidden", "wrong_answer", "hidden", fails="private"),
        LabelledProgram("shown", "wrong_answer", "shown", fails="public"),
    )
    problem = make_problem(programs=programs)
    assert ask(make_agent("repair", ProblemSet([problem], "one")), seen(0)) == "shown"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Oracle",
        "oracle ",
        "oracle:x",
        "replay",
        "replay:",
        "python",
        "python:",
        "python:m",
        "python::o",
        "python:a:b:c",
    ],
)
def test_an_unknown_agent_is_refused(name: str) -> None:
    """What names no agent is a UsageError that lists those that there are."""
    with pytest.raises(UsageError, match="expected agent oracle, wrong, starter, repair, replay:FILE, python"):
        make_agent(name, PROBLEMS)


def line(**data: Any) -> str:
    return json.dumps(data) + "\n"


def replay(path: Path, text: str | bytes) -> Agent:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return make_agent(f"replay:{path}", PROBLEMS)


@pytest.mark.parametrize("answer", ["", RIGHT, "\0", "a\u2028b", "é\x85\x1c", "\ud800"], ids=ascii)
def test_replay_gives_any_answer_again(tmp_path: Path, answer: str) -> None:
    """Recorded answers come back exactly, turn by turn."""
    agent = replay(tmp_path / "a.jsonl", line(problem_id="double", answers=["first", answer]) + "\n")
    assert [ask(agent, seen(turn)) for turn in range(2)] == ["first", answer]
    assert played(agent, PROBLEMS) == ["double"]


@pytest.mark.parametrize("answer", ["a\u2028b", "é\x85ü", "日本"], ids=ascii)
def test_replay_reads_json_that_is_not_ascii(tmp_path: Path, answer: str) -> None:
    """JSON lines may hold any Unicode text unescaped; only a line feed ends a line."""
    text = json.dumps({"problem_id": "double", "answers": [answer]}, ensure_ascii=False)
    assert ask(replay(tmp_path / "a.jsonl", text + "\n"), seen(0)) == answer


def test_replay_reads_the_episodes_of_a_run(tmp_path: Path) -> None:
    """A run's own records can be replayed; of several rollouts the first counts."""
    turn = TurnRecord("answer", "program", "accepted", ("accepted",), "feedback", 1.0)
    other = TurnRecord("other", "program", "accepted", ("accepted",), "feedback", 1.0)
    episodes = [Episode("double", turns=(turn,)), Episode("double", rollout=1, turns=(other,))]
    agent = replay(tmp_path / "e.jsonl", "".join(episode.to_json() + "\n" for episode in episodes))
    assert ask(agent, seen(0)) == "answer"


def test_replay_has_no_more_answers_than_recorded(tmp_path: Path) -> None:
    """A turn without a recorded answer is an AgentError that names turn, problem and file."""
    agent = replay(tmp_path / "a.jsonl", line(problem_id="double", answers=["x"]))
    with pytest.raises(AgentError, match=r"turn 2 of 'double' in .*a\.jsonl"):
        ask(agent, seen(1))


@pytest.mark.parametrize(
    "bad",
    [
        *("{", "7", "null", '"answers"', "[]", "{}", "[" * 99999),
        *(line(problem_id="x"), line(problem_id=7, answers=["a"])),
        *(line(problem_id="x", answers=answers) for answers in ([], "abc", [None], None)),
        *(line(problem_id="x", turns=turns) for turns in ("", [None], [7])),
    ],
    ids=lambda text: text[:40].strip(),
)
def test_a_malformed_line_is_refused_with_its_number(tmp_path: Path, bad: str) -> None:
    """A line that holds no answers is a UsageError with file and line."""
    with pytest.raises(UsageError, match=r"a\.jsonl:2: expected"):
        replay(tmp_path / "a.jsonl", line(problem_id="double", answers=["x"]) + bad.strip() + "\n")


def test_an_unreadable_file_of_answers_is_refused(tmp_path: Path) -> None:
    """A file that is missing, a folder or no UTF-8 is a UsageError that names it."""
    for path in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(UsageError, match="expected a readable file of answers"):
            make_agent(f"replay:{path}", PROBLEMS)
    with pytest.raises(UsageError, match=r"expected a readable file of answers.*latin\.jsonl"):
        replay(tmp_path / "latin.jsonl", b"\xff\n")


@pytest.mark.parametrize(
    "text",
    [
        "def agent(observation): return observation['problem'][:1]",
        "class agent:\n    def answer(self, observation): return observation['problem'][:1]",
        "class A:\n    def answer(self, observation): return observation['problem'][:1]\nagent = A()",
        "class agent:\n    concurrent = True\n    def answer(self, o): return o['problem'][:1]",
        "class agent:\n    def __call__(self, o): return o['problem'][:1]",
        "agent = lambda o: o['problem'][:1]",
    ],
    ids=["function", "class", "object", "concurrent", "callable", "lambda"],
)
def test_an_agent_of_ones_own(module: Any, text: str) -> None:
    """A function, a class, an object or a callable in a module of the current folder is an agent."""
    assert ask(module(text), seen(0)) == "#"


@pytest.mark.parametrize("concurrent", [False, True])
def test_an_agent_is_asked_one_at_a_time_unless_it_is_concurrent(module: Any, concurrent: bool) -> None:
    """However many threads ask, an agent that does not say that it is concurrent never answers two at once."""
    agent = module(
        f"""
        class agent:
            concurrent = {concurrent}
            def answer(self, observation):
                return observation["problem"](self)
        """
    )
    inside, most, together = [0], [0], threading.Barrier(4)

    def body(_: object) -> str:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        if concurrent:
            together.wait(10)
        time.sleep(0.005)
        inside[0] -= 1
        return "x"

    with ThreadPoolExecutor(4) as executor:
        observations: list[Any] = [seen(0) | {"problem": body}] * 4
        assert list(executor.map(lambda observation: ask(agent, observation), observations)) == ["x"] * 4
    assert most[0] == (4 if concurrent else 1)


@pytest.mark.parametrize("concurrent", [False, True])
def test_an_agent_of_ones_own_may_choose_its_problems(module: Any, concurrent: bool) -> None:
    """A method ``plays`` is heeded, concurrent or not."""
    agent = module(
        f"""
        class agent:
            concurrent = {concurrent}
            def plays(self, problem): return problem.id == "bare"
            def answer(self, observation): return ""
        """
    )
    assert played(agent, PROBLEMS) == ["bare"]


def test_an_agent_without_a_choice_plays_all(module: Any) -> None:
    """Without ``plays`` every problem is played."""
    assert played(module("def agent(o): return ''"), PROBLEMS) == ["double", "bare"]


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("", UsageError, "'agent' in module"),
        ("agent = 7", UsageError, "answer.observation., got int"),
        ("class agent: pass", UsageError, "answer.observation., got agent"),
        ("class agent:\n    answer = 'x'", UsageError, "answer.observation., got agent"),
        ("import no_such_module_anywhere", UsageError, "no_such_module_anywhere"),
        ("def agent(:", AgentError, "SyntaxError"),
        ("1 / 0", AgentError, "ZeroDivisionError"),
        ("None.attribute", AgentError, "AttributeError"),
        ("class agent:\n    def __init__(self): raise KeyError('x')", AgentError, "KeyError"),
        ("class agent:\n    def __init__(self): None.attribute", AgentError, "AttributeError"),
        ("raise SystemExit(0)", AgentError, "SystemExit"),
    ],
)
def test_a_module_without_an_agent_is_refused(module: Any, text: str, error: type[Exception], said: str) -> None:
    """A module that has no agent, or that raises, gives one sentence on what it did."""
    with pytest.raises(error, match=said):
        module(text)


def test_a_missing_module_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that is not there is a UsageError with its name."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(UsageError, match="expected a Python module 'no_such_module_anywhere'"):
        make_agent("python:no_such_module_anywhere:agent", PROBLEMS)


@pytest.mark.parametrize("answer", [None, 7, b"print()", ["print()"], True])
def test_an_answer_that_is_no_text_is_an_agent_error(module: Any, answer: object) -> None:
    """Only text is an answer; what came instead is named."""
    agent = module(f"def agent(o): return {answer!r}")
    with pytest.raises(AgentError, match=f"expected an answer as text from the agent, got {type(answer).__name__}"):
        ask(agent, seen(0))


@pytest.mark.parametrize("error", ["ValueError('why')", "SystemExit(0)", "StopIteration()"])
def test_an_agent_that_raises_is_an_agent_error(module: Any, error: str) -> None:
    """Whatever an agent raises, its name and words are told; even an exit, which would end the run without a word."""
    with pytest.raises(AgentError, match=error.partition("(")[0]):
        ask(module(f"def agent(o): raise {error}"), seen(0))


def test_ctrl_c_in_an_agent_is_ctrl_c(module: Any) -> None:
    """An interrupt is not the agent's failure."""
    with pytest.raises(KeyboardInterrupt):
        ask(module("def agent(o): raise KeyboardInterrupt"), seen(0))


def test_replay_passes_over_episodes_that_failed(tmp_path: Path) -> None:
    """They have no answers, or not all; those that were played again have."""
    failed = Episode("double", error="the sandbox broke").to_json()
    agent = replay(tmp_path / "a.jsonl", failed + "\n" + line(problem_id="double", answers=["first"]) + "\n")
    assert ask(agent, seen(0)) == "first"
