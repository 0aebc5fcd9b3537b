"""A real model behind a real server, which is killed and started again in the middle of a benchmark."""

import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from codegym import Sandbox
from codegym.bench.options import Connection, Sampling
from codegym.bench.run import Listener, Settings, run_benchmark
from codegym.datasets import ProblemSet
from codegym.episode import Episode
from tests import llama_server
from tests.fakes import make_problem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(llama_server.missing()), reason=f"no package {llama_server.missing()}"),
]
pytest.importorskip("openai", reason="agents openai:MODEL need the package openai")
STATEMENTS = ("twice", "three times", "ten times", "the square of")
PROBLEMS = ProblemSet(
    [make_problem(word.replace(" ", "-"), statement=f"Read an integer and print {word} it.") for word in STATEMENTS],
    "four",
)
SHORT = {"problem": "{text}\n{tests}\n{answer}", "retry": "Try again.", "field_characters": 40}
ROLLOUTS = 4


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server that has loaded its model."""
    command = [sys.executable, llama_server.__file__, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        yield process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_killed_in_the_middle_loses_nothing(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """Eight episodes at once; the server is killed after some have ended, and comes back: all end, each once."""
    port = free_port()
    some = threading.Event()
    count: list[Episode] = []

    def ended(episode: Episode) -> None:
        count.append(episode)
        if len(count) == len(PROBLEMS):
            some.set()

    found: dict[str, Any] = {}

    def play() -> None:
        try:
            found["episodes"] = run_benchmark(
                Settings(
                    "openai:smollm2",
                    turns=2,
                    rollouts=ROLLOUTS,
                    extract="last",
                    sampling=Sampling(0.8, max_tokens=32, templates=SHORT, send_seed=True),
                ),
                PROBLEMS,
                any_sandbox,
                tmp_path / "run",
                connection=Connection(f"http://127.0.0.1:{port}/v1", retries=30, timeout_s=300),
                concurrency=8,
                listener=Listener(ended=ended),
            )
        finally:
            some.set()

    thread = threading.Thread(target=play)
    with serving(port) as server:
        thread.start()
        some.wait()
        server.kill()
        server.wait()
    time.sleep(1)  # so that requests find nobody
    with serving(port):
        thread.join()
    lines = (tmp_path / "run" / "episodes.jsonl").read_text().splitlines()
    kept = [Episode.from_json(line) for line in lines]
    keys = sorted((episode.problem_id, episode.rollout) for episode in kept)
    assert keys == sorted((name, number) for name in PROBLEMS.ids for number in range(ROLLOUTS))
    assert [episode.error for episode in kept] == [""] * len(keys)
    assert len(found["episodes"]) == len(keys)
    turns = [turn for episode in kept for turn in episode.turns]
    assert all(turn.prompt_tokens > 0 and 0 < turn.completion_tokens <= 32 and turn.answer_s > 0 for turn in turns)
    assert len({turn.answer for turn in turns}) > len(keys) // 2
