"""A run that is killed with signal 9 again and again ends as one that is left alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from codegym import Sandbox

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "kills.py"


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_ends_as_if_left_alone(any_sandbox: Sandbox) -> None:
    """After three kills at random moments, each followed by ``--resume``, no episode is missing, double or other."""
    words = ["--episodes", "40", "--kills", "3", "--sandbox", any_sandbox.kind]
    done = subprocess.run([sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 episodes twice, 0 missing, 0 other, 0 failed" in done.stdout
