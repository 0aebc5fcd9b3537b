"""Where problem packages lie: in a folder, in the folders of a folder, or in archives; and which kind they are.

A package that cannot be used is left out with a reason, and the rest still loads; only where nothing can be used is
that an error. ``trees.py`` and ``archives.py`` read the files.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from codegym.datasets.archives import SUFFIXES, archive_tree, is_archive, stem
from codegym.datasets.package import TIME_FACTOR, Options, Package
from codegym.datasets.problem_set import LeftOut, ProblemSet
from codegym.datasets.trees import Refused, Tree, folder_tree, ignored
from codegym.errors import ProblemError, UsageError
from codegym.problem import Problem

Loader = Callable[..., ProblemSet]
_DEEPEST = 4
"""Folders between the one that was given and a package."""
_PACKAGE_FOLDERS = {"data", "problem_statement", "statement", "submissions", "output_validators", "output_validator"}
Reader = Callable[[Package], list[Problem]]


def kind_of(folders: set[str], files: set[str], *, inner: bool) -> str:
    """Which kind of package a folder is by the names in it; empty for none.

    Args:
        folders: names of the folders in it.
        files: names of the files in it.
        inner: whether it was found, not given: then ``problem.yaml`` alone will do, which at the top may as well be
            a problem file of codegym's own.
    """
    if "problem.xml" in files:
        return "polygon"
    if "problem.yaml" in files and (inner or folders & _PACKAGE_FOLDERS):
        return "icpc"
    if "data" in folders and folders & (_PACKAGE_FOLDERS - {"data"}):
        return "icpc"
    if "python_programs" in folders and folders & {"json_testcases", "correct_python_programs"}:
        return "quixbugs"
    return ""


def detect(path: Path) -> Loader | None:
    """The loader for what lies at a path: for packages of any kind, or an archive; None for anything else."""
    try:
        if path.is_file():
            return load_any if is_archive(path) else None
        if not path.is_dir():
            return None
        folders, files = _listed(path)
        if not kind_of(folders, files, inner=False) and any(name.endswith((".yaml", ".yml")) for name in files):
            return None
        found = next(_places(path, path, 0, deepest=2), None)
    except (OSError, ValueError, ProblemError):
        return None
    return load_any if found is not None else None


def loader(*kinds: str) -> Loader:
    """The loader of packages of these kinds."""

    def load(
        path: Path | None,
        split: str | None = None,
        *,
        time_limit: float | None = None,
        time_factor: float = TIME_FACTOR,
        examples: int = 1,
    ) -> ProblemSet:
        """The problems of all packages at a path.

        Args:
            path: a package, a folder of packages or of archives of them, or an archive.
            split: packages have none.
            time_limit: see :class:`Options`, as for the others.
            time_factor: a Python program's seconds for one of a compiled one's.
            examples: how many private tests are made public where none is.

        Raises:
            UsageError: an argument is not what it must be.
            ProblemError: no package there can be used.
        """
        return load_packages(path, split, kinds, Options(time_limit, time_factor, examples))

    return load


load_any = loader("icpc", "polygon", "quixbugs")
"""The problems of all packages at a path, of whatever kinds."""


def load_packages(path: Path | None, split: str | None, wanted: Sequence[str], options: Options) -> ProblemSet:
    """The problems of all packages at a path of the kinds ``wanted``, each the name of the module that reads it.

    Raises:
        UsageError: there is no path, or a split is asked for.
        ProblemError: no package there can be used.
    """
    kinds = " or ".join(wanted)
    if path is None:
        raise UsageError(f"expected the path of a package for {kinds}, got none; pass path=...")
    if split is not None:
        raise UsageError(f"expected no split, for packages have none, got {split!r}")
    readers: dict[str, Reader] = {kind: import_module(f"codegym.datasets.{kind}").read_package for kind in wanted}
    problems: dict[str, Problem] = {}
    left_out: list[LeftOut] = []
    errors: list[ProblemError] = []
    for source, name, kind, open_tree in _found(Path(path)):
        try:
            package = Package(open_tree(), name, options)
            if kind not in readers:
                detail = f"expected a package of the kind {kinds}, got {kind or 'none'}"
                raise Refused(source, "", "another kind of package", detail)
            package.tree.check()
            for problem in readers[kind](package):
                if problem.id in problems:
                    other = problems[problem.id].source
                    detail = f"expected an id of its own, got {problem.id!r}, which is also that of {other}"
                    left_out.append(LeftOut(source, None, problem.id, "id", "an id twice", detail))
                else:
                    problems[problem.id] = problem
            left_out += package.left_out
        except ProblemError as error:
            errors.append(error)
            left_out.append(_left_out(source, name, error))
    if not problems:
        if len(errors) == 1:
            raise errors[0]
        first = f"; the first: {errors[0]}" if errors else ""
        got = f"{len(errors)} that cannot be used{first}" if errors else "none"
        raise ProblemError(f"{path}: expected at least one package of the kind {kinds}, got {got}")
    return ProblemSet(problems.values(), str(path), left_out)


def _left_out(source: str, name: str, error: ProblemError) -> LeftOut:
    if isinstance(error, Refused):
        return LeftOut(source, None, name, error.field, error.reason, error.detail)
    return LeftOut(source, None, name, "", "a malformed file", str(error).removeprefix(source).lstrip("/"))


Opened = tuple[str, str, str, Callable[[], Tree]]
"""A package's place, name and kind, and what opens it."""


def _found(path: Path) -> Iterator[Opened]:
    if path.is_file():
        yield from _in_archive(path)
    elif path.is_dir():
        yield from _places(path, path, 0, deepest=_DEEPEST)
    else:
        raise ProblemError(f"{path}: expected a folder, or an archive ({', '.join(SUFFIXES)}), got neither")


def _places(top: Path, folder: Path, depth: int, *, deepest: int) -> Iterator[Opened]:
    """The packages in a folder, or at it. One behind a link that leads out of ``top`` is no part of it."""
    folders, files = _listed(folder)
    kind = kind_of(folders, files, inner=True)
    if kind:
        yield str(folder), folder.resolve().name, kind, lambda: folder_tree(folder)
    elif depth < deepest:
        for name in sorted(folders | files):
            inner = folder / name
            if inner.is_symlink() and not inner.resolve().is_relative_to(top.resolve()):
                if inner.is_dir() or is_archive(inner):
                    detail = "expected a package inside the folder, got a symbolic link that leads out"
                    yield _failed(str(inner), name, Refused(str(inner), "", "a link or special file", detail))
            elif name in folders:
                yield from _places(top, inner, depth + 1, deepest=deepest)
            elif is_archive(inner):
                yield from _in_archive(inner)


def _failed(source: str, name: str, error: ProblemError) -> Opened:
    def fail() -> Tree:
        raise error

    return source, name, "", fail


def _in_archive(path: Path) -> Iterator[Opened]:
    try:
        tree = archive_tree(path)
    except ProblemError as error:
        yield _failed(str(path), stem(path), error)
        return
    found = list(_roots(tree, "", 0)) or [("", "")]
    for folder, kind in found:
        yield _opened(tree.below(folder), folder.rpartition("/")[2] or stem(path), kind)


def _opened(tree: Tree, name: str, kind: str) -> Opened:
    return tree.source, name, kind, lambda: tree


def _roots(tree: Tree, folder: str, depth: int) -> Iterator[tuple[str, str]]:
    folders = tree.folders(folder)
    kind = kind_of(set(folders), set(tree.files(folder)), inner=True)
    if kind:
        yield folder, kind
    elif depth < _DEEPEST:
        for name in folders:
            yield from _roots(tree, f"{folder}/{name}" if folder else name, depth + 1)


def _listed(folder: Path) -> tuple[set[str], set[str]]:
    """The names of the folders and of the files in a folder on disk; none where it cannot be listed."""
    folders: set[str] = set()
    files: set[str] = set()
    try:
        with os.scandir(folder) as listed:
            for item in listed:
                if not ignored(item.name):
                    (folders if item.is_dir() else files).add(item.name)
    except OSError:
        return set(), set()
    return folders, files
