"""The pages of the documentation: their code runs, their output is what is shown, their links lead somewhere."""

import shlex
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import need, why_not
from tests.pages import ROOT, Block, blocks, dead_links, run

PAGES = sorted((ROOT / "docs").rglob("*.md"))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT / "docs"))


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=name)
def test_blocks_run_in_order(page: Path, tmp_path: Path) -> None:
    """A page is followed from top to bottom in one folder: files are written, Python and commands run."""
    need("bubblewrap" if not why_not("bubblewrap") else "docker")
    shown = [*blocks(page), Block("", "")]
    for block, following in pairwise(shown):
        if block.file:
            (tmp_path / block.file).write_text(block.text)
        elif block.language == "python":
            (tmp_path / "block.py").write_text(block.text)
            done = run([sys.executable, "-W", "error", "block.py"], tmp_path)
            assert done.returncode == 0, done.stderr
            if following.language == "text":
                assert done.stdout.strip() == following.text.strip()
        elif block.language == "toml":
            tomllib.loads(block.text)
        else:
            assert block.language in ("console", "text", ""), "blocks of other languages are not tested"
        for command in block.commands:
            done = run(shlex.split(command), tmp_path)
            assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every file that a page links to is there."""
    assert not dead_links(page)


def test_the_site_builds_without_warnings(tmp_path: Path) -> None:
    """All pages, and the reference from docstrings, make a site."""
    pytest.importorskip("mkdocs", reason="mkdocs is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert "max_turns" in (tmp_path / "site" / "reference" / "environment" / "index.html").read_text()
