"""Every example runs as it says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codegym import load_problems
from tests.conftest import need, why_not

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    need("bubblewrap" if not why_not("bubblewrap") else "docker")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    if not why_not("bubblewrap"):
        environment["DOCKER_HOST"] = "unix:///nonexistent"
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)


def test_hello() -> None:
    """Two turns: feedback on the wrong program, then the reward."""
    done = run(EXAMPLES, sys.executable, "hello.py")
    assert done.returncode == 0, done.stderr
    assert "passes 0 of 2 public tests" in done.stdout
    assert done.stdout.rstrip().endswith("reward +1, terminated True")


def test_my_agent(tmp_path: Path) -> None:
    """The agent is benchmarked with the command that its docstring gives."""
    done = run(EXAMPLES, "codegym", "bench", "--agent", "python:my_agent:Adder", "--out", str(tmp_path / "run"))
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "run" / "episodes.jsonl").read_text().splitlines()) >= 80


def test_my_problem(tmp_path: Path) -> None:
    """The problem is sound, and the repair agent solves it."""
    assert run(EXAMPLES, "codegym", "problems", "check", "my_problem.yaml").returncode == 0
    command = ("codegym", "bench", "--agent", "repair", "--problems", "my_problem.yaml", "--out", str(tmp_path / "run"))
    assert "100.0%" in run(EXAMPLES, *command).stdout


@pytest.mark.slow
def test_matrix(tmp_path: Path) -> None:
    """Its table has the values that can be computed by hand, for every easy problem of the built-in set.

    The oracle solves all; ``repair`` solves all with a second turn and none without; ``wrong`` solves none.
    """
    command = ("codegym", "bench", "--matrix", "matrix.yaml", "--out", str(tmp_path / "runs"), "--json")
    done = run(EXAMPLES, *command)
    assert done.returncode == 0, done.stderr
    easy = len(load_problems("builtin").filter(difficulty="easy"))
    for cell in json.loads(done.stdout)["cells"]:
        group = cell["groups"][0]
        solves = cell["agent"] == "oracle" or (cell["agent"] == "repair" and cell["turns"] == 3)
        assert (group["episodes"], group["solved"]) == (easy, easy if solves else 0), cell["cell"]
        ended_at_once = cell["agent"] == "oracle" and cell["feedback"] != "none"
        if cell["agent"] != "wrong":  # whose programs may pass all public tests
            turns = 1 if cell["turns"] == 1 or ended_at_once else 2 if cell["feedback"] != "none" else 3
            assert group["turns"] == turns, cell["cell"]


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_each_example_is_tested_here(path: Path) -> None:
    """No example without a test."""
    here = Path(__file__)
    tests = here, here.with_name("test_rlef.py"), here.parent / "integrations" / "test_examples.py"
    assert path.name == "__pycache__" or any(path.stem in test.read_text() for test in tests)
