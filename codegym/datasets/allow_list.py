"""Lists of the problems of a set that are to be used, as an audit writes them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from codegym.datasets.problem_set import ProblemSet
from codegym.errors import ProblemError, UsageError

FORMAT = 1
_LARGEST = 1 << 28


def write_allow_list(path: Path, problems: ProblemSet, ids: Sequence[str], criteria: Mapping[str, Any]) -> None:
    """Write the list of some problems of a set, with the set's hash.

    Args:
        path: the file.
        problems: the whole set.
        ids: of the problems to be used, in the set's order.
        criteria: what they were chosen by, for a reader.

    Raises:
        UsageError: the file cannot be written.
    """
    data = {
        "format": FORMAT,
        "problems": {"name": problems.name, "count": len(problems), "hash": problems.content_hash},
        "criteria": dict(criteria),
        "ids": list(ids),
    }
    draft = path.with_name(f"{path.name}.part")
    try:
        draft.write_text(json.dumps(data, indent=1) + "\n", encoding="ascii")
        draft.replace(path)
    except OSError as error:
        raise UsageError(f"expected an allow-list that can be written, got {path}: {error.strerror}") from None


def apply_allow_list(problems: ProblemSet, path: str | Path) -> ProblemSet:
    """The problems of a set that are on a list.

    Args:
        problems: the set that the list was made for.
        path: the list, a file that an audit wrote.

    Raises:
        ProblemError: the file is none, or the list was made for another set.
    """
    name, known_hash, ids = _read(Path(path))
    if known_hash != problems.content_hash:
        raise ProblemError(
            f"{path}: expected an allow-list made for {problems.name} as it is now (hash {problems.content_hash}), "
            f"got one made for {name} with hash {known_hash}; audit the set again"
        )
    return problems.filter(ids=ids)


def _read(path: Path) -> tuple[str, str, list[str]]:
    """Name and hash of the set that a list was made for, and the ids on it."""
    try:
        if path.stat().st_size > _LARGEST:
            raise ProblemError(f"{path}: expected an allow-list of at most {_LARGEST >> 20} MB, got a larger file")
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProblemError(f"expected a readable allow-list, got {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise ProblemError(f"{path}: expected an allow-list in JSON, got something else") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        got = type(data).__name__ if not isinstance(data, dict) else f"format {str(data.get('format'))[:20]!r}"
        raise ProblemError(f"{path}: expected an allow-list of format {FORMAT}, got {got}; write it anew")
    about, ids = data.get("problems"), data.get("ids")
    if not isinstance(about, dict) or not all(isinstance(about.get(key), str) for key in ("name", "hash")):
        raise ProblemError(f"{path}: field problems: expected the name and hash of a set, got neither or another type")
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise ProblemError(f"{path}: field ids: expected a list of ids, got {type(ids).__name__} or other items")
    return about["name"], about["hash"], ids
