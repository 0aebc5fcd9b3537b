"""What was found out of which rows are problems, kept between processes.

A survey is kept under a key of all that it depends on: the files by path, size and time, and the code and options that
make problems of rows. One that cannot be read or written is made anew each time; it is never an error.
"""

import contextlib
import hashlib
import inspect
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from codegym.datasets.problem_set import LeftOut
from codegym.locations import cache_folder
from codegym.version import __version__

_HERE = Path(__file__).parent


def survey_key(files: Iterable[Path], *makers: Callable[..., Any]) -> str:
    """A key of the files and of the functions, of their options and of the code that they are in."""
    digest = hashlib.sha256(__version__.encode())
    for file in files:
        status = file.stat()
        digest.update(f"{file.resolve()}\n{status.st_size}\n{status.st_mtime_ns}\n".encode(errors="surrogateescape"))
    sources = {*_HERE.glob("*.py"), *_HERE.parent.glob("functions/*.py")}
    for maker in makers:
        options = sorted(maker.keywords.items()) if isinstance(maker, partial) else []
        function = maker.func if isinstance(maker, partial) else maker
        digest.update(f"{function.__module__}\n{function.__qualname__}\n{options!r}\n".encode())
        sources.add(Path(inspect.getfile(function)))
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:32]


def recall(key: str) -> tuple[dict[str, int], dict[int, LeftOut]] | None:
    """The rows of the problems by id, and the rows left out; None if nothing is kept under that key."""
    try:
        kept = json.loads(_file(key).read_text(encoding="utf-8"))
        left_out = {int(number): LeftOut(**fields) for number, fields in kept["left_out"].items()}
        return {str(name): int(number) for name, number in kept["problems"].items()}, left_out
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(key: str, numbers: dict[str, int], left_out: dict[int, LeftOut]) -> None:
    """Keep a survey of all rows, where there is room."""
    text = json.dumps({"problems": numbers, "left_out": {number: asdict(out) for number, out in left_out.items()}})
    with contextlib.suppress(OSError):
        file = _file(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            written = Path(folder) / file.name
            written.write_text(text, encoding="utf-8")
            os.replace(written, file)


def _file(key: str) -> Path:
    return cache_folder() / "surveys" / f"{key}.json"
