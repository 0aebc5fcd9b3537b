"""The README shows only what runs, with the output that running it gives."""

import os
import sys
from pathlib import Path

import pytest

from tests.conftest import need, why_not
from tests.pages import ROOT, blocks, dead_links, run

BLOCKS = blocks(ROOT / "README.md")
PYTHON = [n for n, block in enumerate(BLOCKS) if block.language == "python"]
COMMANDS = [command for block in BLOCKS for command in block.commands]
OUR_COMMANDS = [command for command in COMMANDS if command.startswith("codegym ")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the README's commands find: the examples, the agent that it shows, a program."""
    need("bubblewrap" if not why_not("bubblewrap") else "docker")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "mine.py").write_text(next(block.text for block in BLOCKS if block.file == "mine.py"))
    (tmp_path / "program.py").write_text("print(sum(map(int, input().split())))\n")
    return tmp_path


@pytest.mark.parametrize("number", PYTHON, ids=lambda n: BLOCKS[n].text.splitlines()[-1][:40])
def test_python_blocks_print_what_is_shown(number: int, folder: Path) -> None:
    """Each block of Python runs, and the text block after it, if there is one, is what it prints."""
    (folder / "block.py").write_text(BLOCKS[number].text)
    done = run([sys.executable, "-W", "error", "block.py"], folder)
    assert done.returncode == 0, done.stderr
    following = BLOCKS[number + 1 : number + 2]
    if following and following[0].language == "text":
        assert done.stdout.strip() == following[0].text.strip()


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
    assert not dead_links(ROOT / "README.md")
