"""What must never come out, and never go in: private tests before the end, and expected outputs in the box.

The problems here are planted: each private input and output, and each public output, holds a string that is found
nowhere else. The scripted box is the worst that there can be: it gives back all that it was ever given.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegym import Checker, CodeRepairEnv, Execution, LabelledProgram, Limits, Problem, Sandbox, TestCase, values
from codegym.episode import Episode
from codegym.generated import Generator, PrivateTests
from codegym.problem import Argument
from codegym.sandbox import ScriptedSandbox
from codegym.sandbox.base import STATUSES
from codegym.wrappers import ChatMessages, DialogueText, RecordEpisode
from tests.fakes import Spy

KINDS = ("stdin", "function", "validator", "function validator", "generator")
VALIDATOR = """\
def validate(given, expected, output):
    return True if expected == output else "it differs"
"""
GENERATOR = "print('PRIVATE-INPUT-generated-' + input().split()[1])\n"
REFERENCE = "print('PRIVATE-OUTPUT-' + input())\n"

SNOOPS = (
    "import sys; print(sys.stdin.read())\n",
    "import sys; raise ValueError(sys.stdin.read())\n",
    "import os\nfor n in range(256):\n    try: print(n, os.pread(n, 1 << 16, 0))\n    except OSError: pass\n",
    "import gc; print([o for o in gc.get_objects() if type(o) in (str, bytes, list, dict, tuple)])\n",
    "import sys\nf = sys._getframe()\nwhile f: print(f.f_locals, f.f_globals); f = f.f_back\n",
    "import os; print(os.environ, os.listdir('/proc'), os.listdir('/opt/codegym'), os.listdir('/tmp'))\n",
    "print([open(f'/proc/{n}/cmdline').read() for n in ('1', 'self')])\n",
    "import sys\nprint(open('/proc/self/mem', 'rb'), vars(sys.modules['__main__']))\n",
    "def f(*a):\n    import gc\n    return repr((a, gc.get_objects()[-2000:]))\n",
    "def f(*a):\n    raise ValueError(a)\n",
    "def f(*a):\n    import sys\n    return [repr(m.f_locals) for m in [sys._getframe()] + [sys._getframe().f_back]]\n",
    "while True: pass\n",
    "print('PRIVATE')\n",
    "def f(",
    "",
)


def planted(kind: str, mark: str = "", public: int = 2, private: int = 3) -> Problem:
    """A problem of a kind with a mark in every string of its tests."""

    def case(split: str, n: int) -> TestCase:
        given, wanted = f"{split}-INPUT-{mark}{n}", f"{split}-OUTPUT-{mark}{n}"
        return TestCase(([given], n), {wanted: [n]}) if is_function else TestCase(given + "\n", wanted + "\n")

    is_function = kind.startswith("function")
    tests: Any = tuple(case("PRIVATE", n) for n in range(private))
    limits = Limits(cpu_s=0.3, memory_bytes=64 << 20, output_bytes=1 << 20)
    if kind == "generator":
        options: dict[str, Any] = {"entry_point": None, "types": (), "returns": "", "where": "planted.yaml"}
        tests = PrivateTests(tests, Generator(1, 2, GENERATOR), REFERENCE, limits, **options)
    checker = (
        Checker("validator", source=VALIDATOR) if "validator" in kind else Checker("value" if is_function else "lines")
    )
    return Problem(
        id=f"planted-{kind.replace(' ', '-')}",
        title="Planted",
        statement="Do as the examples do.",
        kind="function" if is_function else "stdin",
        public_tests=tuple(case("PUBLIC", n) for n in range(public)),
        private_tests=tests,
        limits=limits,
        checker=checker,
        entry_point="f" if is_function else None,
        arguments=(Argument("words", "list[str]"), Argument("n", "int")) if is_function else (),
        returns="dict[str, list[int]]" if is_function else "",
        reference="print('PRIVATE-OUTPUT-reference')\n",
        programs=(LabelledProgram("wrong", "wrong_answer", "print('a wrong program')\n"),),
    )


class Telltale(ScriptedSandbox):
    """Gives back all that its candidates' room was ever given, in every way that there is."""

    def __init__(self, status: Any = "ok") -> None:
        super().__init__()
        self.known: list[Any] = []
        self._status = status

    def execute(self, program: str, inputs: Any, limits: Limits, **options: Any) -> list[Execution]:
        if options.get("room") == "judge":
            return self._judge(program, inputs)
        executions: list[Execution] = []
        for data in inputs:
            self.known.append((program, data, limits, options.get("entry_point")))
            said = repr(self.known).encode()
            result = values.dumps(repr(self.known)) if options.get("entry_point") else b""
            executions.append(Execution(self._status, 1, stdout=said, stderr=said, result=result))
            if options.get("stop") and options["stop"](executions[-1]):
                break
        return executions

    @staticmethod
    def _judge(program: str, inputs: Any) -> list[Execution]:
        if program == GENERATOR:
            return [Execution("ok", 0, stdout=b"PRIVATE-INPUT-generated-%d\n" % n) for n in range(len(inputs))]
        if program == REFERENCE:
            return [Execution("ok", 0, stdout=b"PRIVATE-OUTPUT-" + data) for data in inputs]
        return [Execution("ok", 0, result=values.dumps("it differs: " + data.decode())) for data in inputs]


@contextmanager
def recorded(problem: Problem, sandbox: Sandbox, **options: Any) -> Iterator[tuple[Any, Path]]:
    """An environment around which everything is that tells of it, and the file of its records."""
    other = replace(planted("stdin", "other-"), id="other")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "episodes.jsonl"
        env = CodeRepairEnv([problem, other], sandbox=sandbox, render_mode="ansi", **options)
        yield RecordEpisode(env, path), path


def all_told(env: Any, path: Path, given: Any) -> str:
    """Everything that is to be had before the end, as one text."""
    problem = env.unwrapped.problem
    shown = [given, problem, problem.private_tests if "Private" in type(problem.private_tests).__name__ else ""]
    shown += [env, env.unwrapped, env.unwrapped.problems, env.unwrapped.clone_state(), problem.visible, problem.checker]
    observation = given[0]
    shown += [ChatMessages(env).observation(observation), DialogueText(env).observation(observation)]
    return "\n".join([*map(repr, shown), *map(str, shown), env.render(), path.read_text()])


def play_and_listen(env: Any, path: Path, problem: Problem, programs: list[str]) -> tuple[list[str], Any]:
    """What was told before the end, step by step, and what the terminal step gave."""
    told = [all_told(env, path, env.reset(seed=0, options={"problem_id": problem.id}))]
    for program in programs:
        step = env.step(program)
        if step[2]:
            return told, step
        told.append(all_told(env, path, step))
    raise AssertionError("expected the episode to end")


programs = st.lists(st.one_of(st.sampled_from(SNOOPS), st.text(max_size=40)), min_size=3, max_size=3)
modes = st.sampled_from(["all_failures", "first_failure", "all_tests", "none", "random"])


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(KINDS),
    programs=programs,
    mode=modes,
    reward=st.sampled_from(["outcome", "rlef", "fraction", "gain"]),
    status=st.sampled_from(STATUSES),
    reveal=st.booleans(),
)
def test_nothing_private_before_the_end_even_from_a_box_that_tells_all(
    kind: str, programs: list[str], mode: Any, reward: str, status: Any, reveal: bool
) -> None:
    """No observation, info, feedback, render, repr, clone or record before the end has a planted private string."""
    problem = planted(kind)
    options: dict[str, Any] = {"feedback": mode, "reward": reward, "reveal_private": reveal, "timings": True}
    with recorded(problem, Telltale(status), **options) as (env, path):
        told, _ = play_and_listen(env, path, problem, programs)
        assert not [text for text in told if "PRIVATE-" in text]


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(KINDS), programs=programs, mode=modes)
def test_nothing_private_before_the_end_from_a_real_box(
    any_sandbox: Sandbox, kind: str, programs: list[str], mode: Any
) -> None:
    """Programs that look for secrets in a real box find none that reach the agent before the end."""
    problem = planted(kind)
    with recorded(problem, any_sandbox, feedback=mode) as (env, path):
        told, _ = play_and_listen(env, path, problem, programs)
        assert not [text for text in told if "PRIVATE-" in text]


@settings(deadline=None, max_examples=60)
@given(kind=st.sampled_from(KINDS), programs=programs, mode=modes, everything=st.booleans())
def test_no_expected_output_enters_the_candidates_room(
    kind: str, programs: list[str], mode: Any, everything: bool
) -> None:
    """Neither a public nor a private expected output is in anything that a candidate's room is given, to the end."""
    problem = planted(kind)
    spy = Spy(Telltale())
    with recorded(problem, spy, feedback=mode, private="all" if everything else None) as (env, path):
        play_and_listen(env, path, problem, programs)
    entered = repr(spy.seen["candidate"])
    assert "-OUTPUT-" not in entered
    assert "-INPUT-" in entered or not "".join(programs).strip()


def test_no_expected_output_enters_a_real_candidates_room(any_sandbox: Sandbox) -> None:
    """The same for every kind of problem in a real box, every snooping program stepped."""
    for kind in KINDS:
        problem, spy = planted(kind), Spy(any_sandbox)
        with recorded(problem, spy, max_turns=len(SNOOPS), private="all") as (env, path):
            play_and_listen(env, path, problem, list(SNOOPS))
        assert "-OUTPUT-" not in repr(spy.seen["candidate"])


@settings(deadline=None, max_examples=40)
@given(kind=st.sampled_from(KINDS), programs=programs, everything=st.booleans())
def test_the_terminal_info_has_verdicts_and_counts_only(kind: str, programs: list[str], everything: bool) -> None:
    """At the end ``private`` has a verdict, two counts and a verdict a test; nothing planted is told even then."""
    problem = planted(kind)
    with recorded(problem, Telltale(), private="all" if everything else None) as (env, path):
        _, step = play_and_listen(env, path, problem, programs)
        told = repr(step) + env.render() + path.read_text() + repr(env.unwrapped.clone_state())
    private = step[-1]["private"]
    assert set(private) == {"verdict", "passed", "total", "verdicts"}
    assert (type(private["passed"]), type(private["total"])) == (int, int)
    assert all("_" in word or word in ("accepted", "skipped") for word in private["verdicts"])
    assert "PRIVATE-" not in told


def test_private_tests_are_revealed_only_when_asked() -> None:
    """With ``reveal_private`` the terminal info, and nothing else, has the private tests."""
    problem = planted("stdin")
    with recorded(problem, Telltale(), reveal_private=True, private="all", max_turns=1) as (env, path):
        told, step = play_and_listen(env, path, problem, ["print(1)"])
        tests = step[-1]["private"]["tests"]
        assert [(test["input"], test["expected"]) for test in tests] == [
            (test.input, test.output) for test in problem.private_tests
        ]
        assert "PRIVATE-" not in "".join(told) + repr(step[0]) + path.read_text()


def test_the_record_has_no_private_test() -> None:
    """A finished record has the private verdicts and no other word on private tests."""
    problem = planted("function validator")
    with recorded(problem, Telltale(), private="all") as (env, path):
        play_and_listen(env, path, problem, ["a", "b", "c"])
        record = path.read_text()
    assert "PRIVATE-" not in record
    assert Episode.from_json(record).private_verdicts == ("wrong_answer",) * 3
    assert set(json.loads(record)["turns"][0]) == set(Episode.from_json(record).turns[0].__slots__)


@pytest.mark.parametrize("kind", KINDS)
def test_the_statement_has_no_way_to_a_private_test(kind: str) -> None:
    """Nothing that can be reached from what an agent may see holds a private string."""
    seen: set[int] = set()

    def walk(thing: Any) -> str:
        if id(thing) in seen:
            return ""
        seen.add(id(thing))
        parts = list(thing) + list(thing.values()) if isinstance(thing, dict) else []
        parts += list(thing) if isinstance(thing, tuple | list) else []
        parts += [getattr(thing, name) for name in getattr(type(thing), "__slots__", ())]
        return repr(thing) + "".join(map(walk, parts))

    text = walk(planted(kind).visible)
    assert "PUBLIC-INPUT-0" in text
    assert "PRIVATE-" not in text
