"""codegym.vector leaves nothing behind, however its process ends."""

import signal
import subprocess
import sys

import docker
import pytest

from tests.conftest import need
from tests.sandbox.test_docker import boxes
from tests.sandbox.test_failures_of_the_trainer import KINDS, await_end_of_boxes, line, trainer
from tests.sandbox.test_pool import _descendants as descendants

SCRIPT = """
import os, sys, time
import gymnasium as gym
import codegym

envs = gym.make_vec("CodeRepairEnv-v0", num_envs=4, sandbox=sys.argv[1])
envs.reset(seed=0, options={"problem_id": "sum-of-two"})
*_, infos = envs.step(["print(1)"] * 4)
assert infos["verdict"].tolist() == ["wrong_answer"] * 4
"""
PAUSE = "print('ready', flush=True)\nsys.stdin.readline()\n"
ENDINGS = {
    "without close": PAUSE,
    "in the midst of a step": PAUSE + "envs.step_async(['print(2)'] * 4)\n",
    "deleted": PAUSE + "del envs\n",
    "killed": PAUSE,
    "killed in a step": "envs.step_async(['while True: pass'] * 4)\n" + PAUSE,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_box_is_left(ending: str, kind: str) -> None:
    """After the process has ended, by itself or by a signal, none of its boxes is there."""
    need(kind)
    with trainer(SCRIPT + ENDINGS[ending], kind) as process:
        assert line(process) == "ready"
        processes = set(descendants(process.pid))
        if kind == "docker":
            client = docker.from_env()
            assert boxes(client, process.pid)
            client.close()
        else:
            assert processes
        if "killed" in ending:
            process.send_signal(signal.SIGKILL)
        _, complaints = process.communicate("\n", timeout=120)
        assert (process.returncode, complaints) == (-9 if "killed" in ending else 0, "")
        await_end_of_boxes(kind, process.pid, processes)


def test_a_forked_child_steps_on_its_own() -> None:
    """A child of ``os.fork`` has threads and boxes of its own; the parent's go on."""
    need("bubblewrap")
    script = SCRIPT + (
        "child = os.fork()\n"
        "*_, infos = envs.step(['print(1 // 0)'] * 4)\n"
        "assert infos['verdict'].tolist() == ['runtime_error'] * 4\n"
        "if child == 0:\n"
        "    envs.close()\n"
        "    os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "*_, infos = envs.step(['print(3)'] * 4)\n"
        "assert infos['turn'].tolist() == [3] * 4\n"
    )
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script, "bubblewrap"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
