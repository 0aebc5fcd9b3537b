"""Temporary folders of processes that are no more are swept, whenever these were killed."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from codegym.sandbox.owners import UNMARKED_S, owned_folder, owner, remove_tree


def gone() -> str:
    """The mark of a process that has ended."""
    code = "from codegym.sandbox.owners import owner; print(owner())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("mark", "age_s", "holds", "stays"),
    [
        ("gone", 0, ["socket"], False),
        ("ours", 10 * UNMARKED_S, [], True),
        ("", 0, [], True),  # one that is about to be marked
        ("", 2 * UNMARKED_S, [], False),
        ("", 2 * UNMARKED_S, ["socket"], True),  # not one of ours, which are marked first and unmarked last
        ("else", 2 * UNMARKED_S, [], True),
    ],
)
def test_what_is_swept(
    mark: str, age_s: float, holds: list[str], stays: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders of the gone, and empty ones without a mark once they are old enough."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "mine-left"
    left.mkdir()
    for name in holds:
        (left / name).touch()
    if mark:
        (left / "owner").write_text({"gone": gone(), "ours": owner(), "else": "of another machine"}[mark])
    then = time.time() - age_s
    os.utime(left, (then, then))
    assert owned_folder("mine-").is_dir()
    assert left.is_dir() == stays


def test_a_tree_of_any_kind_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deeper than a recursion or a path, wide, locked, with links out of it, whose targets stay as they are."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o500)
    (tmp_path / "file").touch(0o400)
    folder = owned_folder("mine-")
    monkeypatch.chdir(folder)
    for name in ("box", "code"):
        os.makedirs(f"{name}/a/b/c")
        for number in range(300):
            Path(name, str(number)).mkdir()
        Path(name, "a", "link").symlink_to(outside)
        Path(name, "a", "b", "link").symlink_to(tmp_path / "file")
        for inner in ("a/b/c", "a/b", "a", ""):
            Path(name, inner).chmod(0)
    os.mkdir("deep")
    os.chdir("deep")
    for _ in range(1200):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
        Path("file").touch()
    os.chdir(tmp_path)
    remove_tree(folder)
    assert not folder.exists()
    assert outside.stat().st_mode & 0o777 == 0o500
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o400
