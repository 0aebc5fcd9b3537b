"""The examples for libraries run to their end at a small size, and leave no box behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.conftest import need
from tests.integrations.libraries import need_library
from tests.sandbox.test_failures_of_the_trainer import await_end_of_boxes
from tests.sandbox.test_pool import _descendants as descendants

ROOT = Path(__file__).parents[2]
SMALL = {
    "cleanrl_ppo": ("torch", "--total-steps 64 --num-envs 8 --evaluate 8"),
    "sb3_ppo": ("sb3_contrib", "--total-steps 64 --evaluate 8"),
    "torchrl_ppo": ("torchrl", "--total-steps 64 --num-envs 8 --evaluate 8"),
    "tianshou_ppo": ("tianshou", "--total-steps 64 --num-envs 8 --evaluate 8"),
    "rllib_ppo": ("ray.rllib", "--iterations 1 --batch 64 --runners 1 --evaluate 8"),
    "trl_grpo": ("trl", "--steps 2 --batch 16 --evaluate 16"),
    "openenv_server": ("openenv", ""),
    "verifiers_eval": ("verifiers", ""),
}
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "DOCKER_HOST": "unix:///nonexistent",
    "PYTHONPATH": str(ROOT),
    "RAY_raylet_start_wait_time_s": "300",
    "RAY_agent_register_timeout_ms": "300000",
    "RAY_AUTH_MODE": "disabled",
}


@contextmanager
def started(name: str, arguments: str) -> Iterator[subprocess.Popen[str]]:
    """An example that runs, and is ended."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", str(ROOT / "examples" / f"{name}.py"), *arguments.split()],
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("name", SMALL)
def test_it_runs_to_its_end(name: str) -> None:
    """What it prints has numbers from before and after."""
    need("bubblewrap")
    library, arguments = SMALL[name]
    need_library(library)
    with started(name, arguments) as process:
        printed, complaints = process.communicate(timeout=540)
    assert process.returncode == 0, complaints[-4000:]
    if name == "openenv_server":
        assert printed.rstrip().endswith("reward +1, done True, 2 steps")
    elif name == "verifiers_eval":
        assert len(re.findall(r"'score': 1\.0.*'turns': 2\.0", printed)) == 2, printed
    else:
        assert re.search(r"before training: +(mean return )?[-+\d.]+", printed), printed
        assert re.search(r"after training: +(mean return )?[-+\d.]+", printed), printed


ENDINGS = {
    "cleanrl_ppo": ("--evaluate 8", "before training", signal.SIGKILL),
    "sb3_ppo": ("--evaluate 8", "before training", signal.SIGINT),
    "torchrl_ppo": ("--evaluate 8", "before training", signal.SIGTERM),
    "rllib_ppo": ("--iterations 99 --batch 64 --runners 2 --evaluate 8", "step 64:", signal.SIGKILL),
}


def box_processes(owner: int) -> set[int]:
    """The processes of boxes below a process; a library's own helpers may take longer to go."""
    found = set()
    for pid in descendants(owner):
        with suppress(OSError):
            if b"runner.py" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


@pytest.mark.parametrize("name", ENDINGS)
def test_a_trainer_that_is_ended_leaves_no_box(name: str) -> None:
    """In the midst of training it is killed, told to end, or interrupted: its boxes go with it."""
    need("bubblewrap")
    need_library(SMALL[name][0])
    arguments, awaited, number = ENDINGS[name]
    with started(name, arguments) as process:
        assert process.stdout is not None
        while awaited not in (line := process.stdout.readline()):
            assert line, process.communicate()[1][-4000:]
        while not (boxes := box_processes(process.pid)):
            assert process.poll() is None
            time.sleep(0.1)
        while process.poll() is None:  # a library that is just being imported may miss an interrupt
            process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
    await_end_of_boxes("bubblewrap", process.pid, boxes)


def test_each_example_for_a_library_is_run() -> None:
    """No example that imports an adaptor is without a test."""
    using = {path.stem for path in (ROOT / "examples").glob("*.py") if "codegym.integrations" in path.read_text()}
    assert using - {"codegym_tasks"} == set(SMALL) - {"verifiers_eval"}, "the latter runs the former"
