"""The README shows only what runs, with the output that running it gives."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import need, why_not

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^(`{3,})(\w+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
BLOCKS = [(language, text) for _, language, text in BLOCK.findall((ROOT / "README.md").read_text())]
PYTHON = [n for n, (language, _) in enumerate(BLOCKS) if language == "python"]
COMMANDS = [
    line.removeprefix("$ ").partition("  #")[0].strip()
    for language, text in BLOCKS
    if language == "console"
    for line in text.splitlines()
]
OUR_COMMANDS = [command for command in COMMANDS if command.startswith("codegym ")]


def run(command: list[str], folder: Path, *, docker: bool = False) -> subprocess.CompletedProcess[str]:
    """Run as a user would, in a folder of its own, and in bubblewrap where that works, if Docker is not asked for."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    if not docker and not why_not("bubblewrap"):
        environment["DOCKER_HOST"] = "unix:///nonexistent"
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the README's commands find: the examples, the agent that it shows, a program."""
    need("bubblewrap" if not why_not("bubblewrap") else "docker")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "mine.py").write_text(next(text for _, text in BLOCKS if text.startswith("# mine.py")))
    (tmp_path / "program.py").write_text("print(sum(map(int, input().split())))\n")
    return tmp_path


@pytest.mark.parametrize("number", PYTHON, ids=lambda n: BLOCKS[n][1].splitlines()[-1][:40])
def test_python_blocks_print_what_is_shown(number: int, folder: Path) -> None:
    """Each block of Python runs, and the text block after it, if there is one, is what it prints."""
    (folder / "block.py").write_text(BLOCKS[number][1])
    done = run([sys.executable, "-W", "error", "block.py"], folder)
    assert done.returncode == 0, done.stderr
    following = BLOCKS[number + 1] if number + 1 < len(BLOCKS) else ("", "")
    if following[0] == "text":
        assert done.stdout.strip() == following[1].strip()


@pytest.mark.parametrize("command", OUR_COMMANDS)
def test_commands_run(command: str, folder: Path) -> None:
    """Each command of ours ends with status 0; those for Docker where there is a Docker engine."""
    docker = "IMAGE" in command or "docker" in command
    if docker:
        need("docker")
        base = os.environ.get("CODEGYM_BASE_IMAGE", "")
        if "IMAGE" in command and not base:
            pytest.skip("CODEGYM_BASE_IMAGE names no image to build on")
        command = command.replace("IMAGE", base)
    done = run(command.split(), folder, docker=docker)
    assert done.returncode == 0, done.stderr + done.stdout


def test_make_targets_exist() -> None:
    """The two commands of the first screen are targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    for command in COMMANDS:
        if command.startswith("make "):
            assert f"\n{command.removeprefix('make ')}:" in makefile, command


def test_links_lead_somewhere() -> None:
    """Every file that the README links to is there."""
    for target in re.findall(r"\]\((?!http)([^)#]+)", (ROOT / "README.md").read_text()):
        assert (ROOT / target).exists(), target
