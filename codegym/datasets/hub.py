"""Where the files of a published data set are: at a path that is given, or on the hub, or in the hub's cache.

Files come from the hub through the library that ``datasets`` uses for it, into the cache that they share. Whether the
hub can be reached is asked once, with a short limit: ``datasets`` itself would try again for twenty seconds and more.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.row_files import RowFiles
from codegym.datasets.rows import SUFFIXES, library, suffix_of
from codegym.datasets.survey import survey_key
from codegym.datasets.table import Identify, Make, Table, TableSet
from codegym.errors import ProblemError, UsageError

_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Published:
    """A data set on the hub.

    Attributes:
        repository: its id there.
        splits: the files of each split, as patterns.
        default: the split where none is named.
    """

    repository: str
    splits: Mapping[str, Sequence[str]]
    default: str


def open_set(
    name: str, published: Published, path: Path | None, split: str | None, identify: Identify, make: Make
) -> ProblemSet:
    """The problems of a data set whose rows are in Parquet or JSON lines.

    Args:
        name: the set's name.
        published: where it is on the hub.
        path: a file, or a folder with files in the set's own schema, or None for the hub.
        split: a split of the set, or None.
        identify: see :class:`Table`.
        make: likewise.

    Raises:
        UsageError: the set has no such split.
        ProblemError: there are no such files, or the hub cannot be reached and its cache has none.
    """
    if split is not None and split not in published.splits:
        raise UsageError(f"expected a split {', '.join(published.splits)} of {name}, got {split!r}")
    files = _local(path, published, split) if path is not None else _hub(published, split or published.default)
    shown = f"{name}:{split}" if split else name
    table = Table(RowFiles(files), identify, make, shown, survey_key(files, identify, make))
    return TableSet(table, shown)


def _local(path: Path, published: Published, split: str | None) -> list[Path]:
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError):
        is_folder = is_file = False
    if is_file:
        if not suffix_of(path):
            raise ProblemError(f"{path}: expected a file named {', '.join('*' + end for end in SUFFIXES)}, got another")
        return [path]
    if not is_folder:
        raise ProblemError(f"expected a file or folder of {published.repository} at path, got {str(path)!r}, no such")
    files = _data_files(path)
    if not files:
        raise ProblemError(f"{path}: expected data files {', '.join('*' + end for end in SUFFIXES)} in it, got none")
    chosen = _of_split(files, path, published, split or published.default)
    if split is not None and not chosen:
        raise ProblemError(
            f"{path}: expected files of split {split!r} ({', '.join(published.splits[split])}), "
            f"got {', '.join(file.name for file in files[:5])}"
        )
    return chosen or files


def _data_files(folder: Path) -> list[Path]:
    """The files of one kind: Parquet, else JSON lines by name, else what is called JSON, as descriptions are too."""
    found = sorted(file for file in folder.rglob("*") if suffix_of(file) and file.is_file())
    kinds = ((".parquet",), (".jsonl", ".ndjson"), (".json",))
    by_kind = ([file for file in found if suffix_of(file).removesuffix(".gz") in kind] for kind in kinds)
    return next((files for files in by_kind if files), [])


def _of_split(files: Sequence[Path], folder: Path, published: Published, split: str) -> list[Path]:
    """The files that the set's own patterns name; else those with the split among the words of their names."""
    patterns = published.splits[split]
    matching = [
        file
        for file in files
        if any(fnmatch(file.relative_to(folder).as_posix(), end) or fnmatch(file.name, end) for end in patterns)
    ]
    named = [file for file in files if split in re.split(r"[^a-z0-9]+", file.relative_to(folder).as_posix().lower())]
    return matching or named


def _hub(published: Published, split: str) -> list[Path]:
    hub: Any = library("huggingface_hub")
    patterns = list(published.splits[split])
    reason = _unreachable(hub, published.repository)
    try:
        folder = hub.snapshot_download(
            published.repository, repo_type="dataset", allow_patterns=patterns, local_files_only=bool(reason)
        )
    except Exception as error:
        raise ProblemError(_not_had(published, reason or _one_line(error))) from None
    files = [file for pattern in patterns for file in sorted(Path(folder).glob(pattern))]
    if not files:
        raise ProblemError(_not_had(published, reason or f"no file {' or '.join(patterns)}"))
    return files


def _unreachable(hub: Any, repository: str) -> str:
    """Why the hub cannot be asked for a data set; empty if it can."""
    ask: Callable[..., object] = hub.HfApi().dataset_info
    try:
        ask(repository, timeout=_PATIENCE_S)
    except Exception as error:  # the library's own, or one of its transport's, which differ from version to version
        return _one_line(error)
    return ""


def _not_had(published: Published, reason: str) -> str:
    return (
        f"expected the data set {published.repository} from the hub or its cache, got: {reason}; "
        f"give path= with a local copy, or go online once"
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
