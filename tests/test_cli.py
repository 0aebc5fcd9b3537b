"""Tests of codegym.cli: what each command prints, and its exit status."""

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from codegym import Sandbox, __version__, cli
from codegym.episode import Episode
from tests.conftest import SOUND

RIGHT = "print(int(input()) * 2)\n"
PUBLIC_ONLY = "print(abs(int(input())) * 2)\n"


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, problem_file: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, in the folder with the sound problem file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*words: str, stdin: str | bytes = "") -> Done:
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        monkeypatch.setattr(sys, "argv", ["codegym", *words])
        monkeypatch.setattr(sys, "path", list(sys.path))
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfd.readouterr()
        code = ended.value.code or 0
        return Done(code if isinstance(code, int) else 1, said.out, said.err)

    return run


@pytest.fixture
def box(any_sandbox: Sandbox) -> tuple[str, str]:
    """The option that names a sandbox that works here."""
    return "--sandbox", any_sandbox.kind


COMMANDS = (
    *("doctor", "problems", "problems list", "problems show", "problems check", "judge", "play", "bench"),
    *("sandbox", "sandbox build", "sandbox selftest", ""),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    """``--help`` tells of each command, and ends with 0."""
    done = run(*command.split(), "--help")
    assert (done.status, done.err) == (0, "")
    assert re.search(r"Usage: .*codegym", done.out)


def test_the_version_is_told(run: Run) -> None:
    """``--version`` prints name and version."""
    assert run("--version") == (0, f"codegym {__version__}\n", "")


@pytest.mark.parametrize(
    "words",
    [
        *("frobnicate", "judge", "judge double", "bench", "bench --agent repair --turns 0", "problems list --colour"),
        *("play --turns x", "problems", "sandbox"),
    ],
)
def test_bad_use_ends_with_2(run: Run, words: str) -> None:
    """Unknown commands and options, missing arguments and numbers out of range are told without a traceback."""
    done = run(*words.split())
    assert done.status == 2
    assert "Traceback" not in done.out + done.err
    assert re.search(r"Usage: .*codegym", done.out + done.err)


def test_doctor(run: Run, any_sandbox: Sandbox) -> None:
    """``doctor`` tells of each backend whether it works, with its protections or the reason, and ends with 0."""
    done = run("doctor", "--json")
    assert done.status == 0
    assert set(done.json["sandboxes"]) == {"docker", "bubblewrap", "landlock"}
    for found in done.json["sandboxes"].values():
        assert bool(found["protections"]) == found["works"] == (not found["reason"])
    assert done.json["sandboxes"][done.json["auto"]]["works"]
    told = run("doctor")
    assert (told.status, f"--sandbox auto takes {done.json['auto']}." in told.out) == (0, True)


def test_problems_list(run: Run) -> None:
    """``problems list`` has each problem of a source, in JSON with the numbers of its tests."""
    (row,) = run("problems", "list", ".", "--json").json
    assert (row["id"], row["kind"], row["difficulty"], row["tags"]) == ("double", "stdin", "easy", ["numbers"])
    assert (row["public_tests"], row["private_tests"], row["starter"], row["programs"]) == (2, 10, True, 4)
    done = run("problems", "list", "double.yaml")
    assert (done.status, "double" in done.out, "2 + 10" in done.out) == (0, True, True)
    assert len(run("problems", "list", "--json").json) >= 80


@pytest.mark.parametrize("tag", ["[/b]", "[red]", "[link=x]", "a]b[", "[bold", "\\[x]"])
def test_a_problem_files_text_is_no_markup(run: Run, problem_file: Path, tag: str) -> None:
    """Text of a problem file is printed as it is, whatever brackets it has."""
    problem_file.write_text(SOUND.replace("tags: [numbers]", f"tags: ['{tag}']"))
    done = run("problems", "list", ".")
    assert (done.status, tag in done.out) == (0, True)


def test_problems_show(run: Run) -> None:
    """``problems show`` prints what an agent sees, and nothing of the private tests."""
    done = run("problems", "show", "double", "--problems", ".")
    assert (done.status, "# Twice a number" in done.out, "-3" in done.out) == (0, True, False)
    shown = run("problems", "show", "double", "--problems", ".", "--json").json
    assert (shown["id"], shown["observation"]) == ("double", done.out)


def test_problems_check(run: Run, box: tuple[str, str], problem_file: Path) -> None:
    """``problems check`` ends with 0 if all is sound, else with 1 and a line with file and finding."""
    done = run("problems", "check", ".", *box)
    assert (done.status, "1 of 1 problems are sound" in done.out) == (0, True)
    assert run("problems", "check", ".", *box, "--json").json["double"]["sound"] is True
    problem_file.write_text(SOUND.replace("label: runtime_error", "label: wrong_answer"))
    done = run("problems", "check", ".", *box)
    assert (done.status, "0 of 1 problems are sound" in done.out) == (1, True)
    assert "double.yaml: program 'crashes': expected wrong_answer, got runtime_error" in done.out
    done = run("problems", "check", "double.yaml", *box, "--json")
    assert (done.status, done.json["double"]["sound"], len(done.json["double"]["findings"])) == (1, False, 1)


@pytest.mark.parametrize(
    ("program", "status", "verdict"),
    [
        (RIGHT, 0, "accepted"),
        (PUBLIC_ONLY, 1, "wrong_answer"),
        ("print(", 1, "compile_error"),
        ("", 1, "no_program"),
        (" \n\n", 1, "no_program"),
        (f"{RIGHT}#\0", 1, "compile_error"),
        ("#" + "x" * (1 << 20) + "\n" + RIGHT, 0, "accepted"),
        ("x = '''" + "y" * (1 << 20) + "'''\n1 / 0\n", 1, "runtime_error"),
        ("#" + "日本" * 1000 + "\r\n" + RIGHT, 0, "accepted"),
    ],
    ids=["right", "wrong", "syntax", "empty", "blank", "nul", "megabyte", "bad megabyte", "unicode"],
)
def test_judge(run: Run, box: tuple[str, str], tmp_path: Path, program: str, status: int, verdict: str) -> None:
    """``judge`` ends with 0 for an accepted program, else with 1, and tells the verdict; - is standard input."""
    (tmp_path / "main.py").write_bytes(program.encode())
    done = run("judge", "double", "main.py", "--problems", ".", *box, "--json")
    assert (done.status, done.json["verdict"], done.json["accepted"]) == (status, verdict, status == 0)
    assert (done.json["problem"], len(done.json["results"])) == ("double", 12)
    assert {"split", "verdict", "cpu_s"} <= set(done.json["results"][0])
    told = run("judge", "double", "-", "--problems", ".", *box, stdin=program)
    assert (told.status, f"double: {verdict} (" in told.out) == (status, True)


@pytest.mark.parametrize(("split", "status", "tests"), [("public", 0, 2), ("private", 1, 10), ("both", 1, 12)])
def test_judge_on_a_split(run: Run, box: tuple[str, str], split: str, status: int, tests: int) -> None:
    """``--split`` chooses the tests that decide."""
    done = run("judge", "double", "-", "--problems", ".", "--split", split, *box, "--json", stdin=PUBLIC_ONLY)
    assert (done.status, len(done.json["results"])) == (status, tests)


def test_judge_reveals_no_test(run: Run, box: tuple[str, str]) -> None:
    """The JSON of ``judge`` has verdicts and measures only."""
    done = run("judge", "double", "-", "--problems", ".", *box, "--json", stdin=PUBLIC_ONLY)
    keys = {"split", "verdict", "cpu_s", "wall_s", "memory_bytes"}
    assert all(set(result) == keys for result in done.json["results"])


def test_play_typed(run: Run, box: tuple[str, str]) -> None:
    """``play`` takes programs that end with a point, shows the feedback, and ends with 0 if the problem is solved."""
    source = ("--problems", ".", *box)
    done = run("play", "double", *source, stdin=f"print('no')\n.\n{RIGHT}.\n")
    assert (done.status, done.err) == (0, "")
    assert "Test 1 fails" in done.out
    assert "private tests: accepted; reward +1" in done.out
    done = run("play", "double", "--turns", "1", *source, stdin=PUBLIC_ONLY)
    assert (done.status, "private tests: wrong_answer; reward -1" in done.out) == (1, True)
    for said in ("quit\n", ""):
        assert run("play", *source, stdin=said).status == 1


def test_play_with_a_file(run: Run, box: tuple[str, str], tmp_path: Path) -> None:
    """``play --file`` begins with the program to repair, leaves a file that is there, and reads it at Enter."""
    command = ("play", "double", "--problems", ".", *box, "--file", "mine.py")
    run(*command, stdin="quit\n")
    assert (tmp_path / "mine.py").read_text() == "print(int(input()) + 2)\n"
    (tmp_path / "mine.py").write_text(RIGHT)
    assert run(*command, stdin="\n").status == 0
    assert (tmp_path / "mine.py").read_text() == RIGHT


@pytest.mark.parametrize(
    ("agent", "solved", "turns"),
    [("oracle", 1, 1.0), ("repair", 1, 2.0), ("wrong", 0, 1.0), ("starter", 0, 3.0)],
)
def test_bench(run: Run, box: tuple[str, str], tmp_path: Path, agent: str, solved: int, turns: float) -> None:
    """``bench`` reports solved and turns, keeps the episodes, and ends with 0 whatever the agent's success."""
    done = run("bench", "--agent", agent, "--problems", ".", *box, "--out", "run", "--json")
    group = done.json["groups"][0]
    assert (done.status, group["episodes"], group["solved"], group["turns"]) == (0, 1, solved, turns)
    (line,) = (tmp_path / "run" / "episodes.jsonl").read_text().splitlines()
    assert Episode.from_json(line).solved == bool(solved)
    again = run("bench", "--agent", agent, "--problems", ".", *box, "--out", "run", "--resume")
    assert (again.status, f"{100 * solved}.0%" in again.out) == (0, True)


def test_bench_of_ones_own_agent_and_replay(run: Run, box: tuple[str, str], tmp_path: Path) -> None:
    """A function in the current folder is benchmarked with one command, and its answers replayed with another."""
    (tmp_path / "cli_test_agent.py").write_text(
        f"def agent(observation):\n    return 'I think:\\n```python\\n' + {RIGHT!r} + '```\\n'\n"
    )
    source = ("--problems", ".", *box, "--extract", "last", "--json")
    done = run("bench", "--agent", "python:cli_test_agent:agent", *source, "--out", "one")
    assert (done.status, done.json["groups"][0]["solved"]) == (0, 1)
    done = run("bench", "--agent", "replay:one/episodes.jsonl", *source, "--out", "two")
    assert (done.status, done.json["groups"][0]["solved"]) == (0, 1)
    assert run("bench", "--agent", "oracle", "--problems", ".", *box).status == 0
    assert len(list((tmp_path / "runs").glob("*-oracle/episodes.jsonl"))) == 1


def test_bench_by_difficulty(run: Run, box: tuple[str, str]) -> None:
    """``--difficulty`` chooses problems; none of them is bad use."""
    command = ("bench", "--agent", "oracle", "--problems", ".", *box, "--out", "run")
    done = run(*command, "--difficulty", "hard")
    assert (done.status, done.err.splitlines()[-1][:18]) == (2, "codegym: expected ")
    assert run(*command, "--difficulty", "easy").status == 0


def test_sandbox_selftest(run: Run, box: tuple[str, str]) -> None:
    """``sandbox selftest`` has a line for each check, and ends with 0 where all are met."""
    done = run("sandbox", "selftest", *box)
    lines = done.out.splitlines()
    assert done.status == 0
    assert all(line.startswith("yes  ") for line in lines[:-1])
    assert lines[-1].startswith(f"{box[1]}: {len(lines) - 1} of {len(lines) - 1} checks")


def test_bench_judges_a_run_again(run: Run, box: tuple[str, str], problem_file: Path) -> None:
    """``--rejudge`` takes the run's own problems and settings, asks no agent, and says what changed."""
    assert run("bench", "--agent", "starter", "--problems", ".", *box, "--out", "one").status == 0
    same = run("bench", "--rejudge", "one", *box, "--out", "two", "--json")
    assert (same.status, same.json["rejudged"]["changes"]) == (0, [])
    problem_file.write_text(
        SOUND.replace('output: "2\\n"', 'output: "3\\n"').replace('output: "4\\n"', 'output: "4\\n"')
    )
    shown = run("bench", "--rejudge", "one", *box, "--out", "three")
    assert shown.status == 0
    assert "The problems are not those of the run" in shown.out
    assert "1 of 1 episodes came out otherwise" in shown.out
    other = run("bench", "--rejudge", "one", *box, "--out", "four", "--turns", "2")
    assert (other.status, "--turns" in other.err) == (2, True)


def test_bench_says_at_the_top_that_too_many_failed(run: Run, tmp_path: Path, box: tuple[str, str]) -> None:
    """Where requests fail the first line says so, and the exit status is 1."""
    (tmp_path / "failing.py").write_text(
        "from codegym.errors import RequestError\ndef agent(observation):\n    raise RequestError('no net')\n"
    )
    done = run("bench", "--agent", "python:failing:agent", "--problems", ".", *box, "--out", "run")
    assert done.status == 1
    assert done.out.startswith("1 of 1 episodes failed through no fault of the agent's")
    assert run("bench", "--agent", "oracle", "--problems", ".", *box, "--n", "1,10", "--k", "3,100").status == 0
    for words in (("--n", "1,10"), ("--n", "0"), ("--n", "4"), ("--n", "x"), ("--body", "[]"), ("--top-p", "2")):
        bad = run("bench", "--agent", "oracle", "--problems", ".", *box, *words)
        assert (bad.status, bad.err.startswith("codegym: expected"), bad.err.count("\n")) == (2, True, 1)
