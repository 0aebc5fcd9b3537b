"""Copies of data files in the cache, in a form in which every row is at hand."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from codegym.datasets.rows import error_line
from codegym.errors import ProblemError
from codegym.locations import cache_folder


def cached_copy(path: Path, part: str, write: Callable[[Path], None]) -> Path:
    """The copy of a part of a file; made where there is none of the file as it is now.

    Args:
        path: the file.
        part: which part of it, and the end of the copy's name.
        write: makes the copy, under a name that it is given.

    Raises:
        ProblemError: there is no room for it.
    """
    status = path.stat()
    key = f"{path.resolve()}\n{status.st_size}\n{status.st_mtime_ns}\n{part}"
    digest = hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()[:32]
    copy = cache_folder() / "tables" / f"{digest}.{part.rpartition('.')[2]}"
    if copy.exists():
        return copy
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=copy.parent) as folder:
            write(Path(folder) / copy.name)
            os.replace(Path(folder) / copy.name, copy)
    except OSError as error:
        raise ProblemError(
            f"{path}: expected room for a copy of its rows in {copy.parent}, got: {error_line(error)}; "
            f"CODEGYM_CACHE names another folder"
        ) from None
    return copy
