"""Pages whose code blocks run: what stands in them, and a folder to run it in."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import why_not

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w.-]+\.(?:py|yaml))\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        language: that it names.
        text: what stands in it.
    """

    language: str
    text: str

    @property
    def file(self) -> str:
        """The file that it is, which its first line names; empty where it is none."""
        named = _FILE.match(self.text)
        return named[1] if named else ""

    @property
    def commands(self) -> list[str]:
        """The commands of a console."""
        if self.language != "console":
            return []
        lines = (line.removeprefix("$ ").partition("  #")[0].strip() for line in self.text.splitlines())
        return [line for line in lines if line]


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    return [Block(language, text) for _, language, text in _BLOCK.findall(page.read_text())]


def dead_links(page: Path) -> list[str]:
    """The files that a page links to and that are not there."""
    targets = re.findall(r"\]\((?!http)([^)#]+)", page.read_text())
    return [target for target in targets if not (page.resolve().parent / target).exists()]


def run(command: list[str], folder: Path, *, docker: bool = False) -> subprocess.CompletedProcess[str]:
    """Run as a user would, in a folder of its own, and in bubblewrap where that works, if Docker is not asked for."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    if not docker and not why_not("bubblewrap"):
        environment["DOCKER_HOST"] = "unix:///nonexistent"
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
