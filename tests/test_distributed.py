"""Tests of whole episodes on the nodes of a Ray cluster."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegym import load_problems, make_sandbox
from codegym.bench.distributed import Nodes
from codegym.bench.run import Settings, run_benchmark
from codegym.errors import AgentError, UsageError
from tests.conftest import need

NODES = Nodes("bubblewrap", 2)
EASY = "easy"
CODEGYM = [sys.executable, "-m", "codegym.cli"]


@pytest.fixture(autouse=True)
def _ray() -> None:
    pytest.importorskip("ray", reason="the extra 'ray' is not installed")
    need("bubblewrap")


def outcome(folder: Path) -> list[tuple[object, ...]]:
    """What was played, without times."""
    lines = [json.loads(line) for line in (folder / "episodes.jsonl").read_text().splitlines()]
    return sorted(
        (line["problem_id"], line["rollout"], line["solved"], [turn["answer"] for turn in line["turns"]])
        for line in lines
    )


def test_a_run_on_nodes_is_the_run_here(tmp_path: Path) -> None:
    """The same episodes with the same answers, each kept once, and told of in the same order."""
    problems = load_problems().filter(difficulty=EASY)
    settings = Settings("repair", turns=2, rollouts=2)
    away = run_benchmark(settings, problems, NODES, tmp_path / "away")
    with make_sandbox("bubblewrap", workers=2) as sandbox:
        here = run_benchmark(settings, problems, sandbox, tmp_path / "here", concurrency=2)
    assert outcome(tmp_path / "away") == outcome(tmp_path / "here")
    assert [(e.problem_id, e.rollout, e.solved, e.verdict) for e in away] == [
        (e.problem_id, e.rollout, e.solved, e.verdict) for e in here
    ]
    about = json.loads((tmp_path / "away" / "run.json").read_text())
    assert about["sandbox"]["kind"] == "ray (bubblewrap)"
    assert about["sandbox"]["protections"]


def test_complaints_of_nodes_come_back(tmp_path: Path) -> None:
    """An agent that cannot be made, or that breaks, is told of as here."""
    problems = load_problems().filter(difficulty=EASY)
    with pytest.raises(UsageError, match="expected agent oracle"):
        run_benchmark(Settings("nobody"), problems, NODES, tmp_path / "one")
    with pytest.raises(AgentError, match="on problem"):
        run_benchmark(Settings("command:false"), problems, NODES, tmp_path / "two")


def test_interrupt_and_resume(tmp_path: Path) -> None:
    """Ctrl-C leaves a run that goes on with what is left, and ends what it started."""
    out = tmp_path / "run"
    options = ["--agent", "oracle", "--distributed", "--sandbox", "bubblewrap", "--workers", "1", "--rollouts", "3"]
    command = [*CODEGYM, "bench", *options, "--out", str(out)]
    first = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
    records = out / "episodes.jsonl"
    give_up = time.monotonic() + 120
    while not (records.exists() and records.read_text().count("\n") > 10):
        assert first.poll() is None, first.stderr and first.stderr.read()
        assert time.monotonic() < give_up
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGINT)
    _, told = first.communicate(timeout=60)
    assert first.returncode == 130, told
    assert b"--resume" in told
    assert b"Traceback" not in told
    there = records.read_text().count("\n")
    total = 3 * len(load_problems())
    assert there < total
    done = subprocess.run([*command, "--resume", "--json"], capture_output=True, check=True, timeout=300)
    assert json.loads(done.stdout)["sandbox"] == "ray"
    played = outcome(out)
    assert len(played) == total
    assert all(solved for _, _, solved, _ in played)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--concurrency", "2"], "expected --workers N with --distributed"),
        (["--sandbox", "ray"], "expected a sandbox of the nodes' own"),
    ],
)
def test_options_that_do_not_go_together(more: list[str], said: str, tmp_path: Path) -> None:
    """They are complained of in one sentence."""
    command = [*CODEGYM, "bench", "--agent", "oracle", "--distributed", *more]
    done = subprocess.run([*command, "--out", str(tmp_path / "run")], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
