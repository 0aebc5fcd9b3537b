"""``load_problems``: from the name of a set or a path to a :class:`ProblemSet`; and the table of names.

A loader is any callable ``loader(path, split, **options) -> ProblemSet``. ``path`` is where the set's files lie,
or None for its place on the hub; ``split`` is what stood after the colon, or None; its keyword arguments are the
options that it knows. There are three ways into the table: the built-in names below, :func:`register_dataset`, and
the entry-point group ``codegym.datasets`` of installed packages. A module is imported when its name is asked for.
"""

import inspect
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codegym.datasets.allow_list import apply_allow_list
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import suffix_of
from codegym.datasets.yaml_files import load_file, load_folder
from codegym.errors import ProblemError, UsageError
from codegym.locations import problems_folder
from codegym.problem import Problem

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

Source = str | Path | ProblemSet | Sequence[Problem]
GROUP = "codegym.datasets"
"""The entry-point group in which an installed package may name loaders."""


Loader = Callable[..., ProblemSet]
"""``loader(path: Path | None, split: str | None, **options) -> ProblemSet``. It raises UsageError where the split or
an option is not what it must be, ProblemError where there is nothing to load or it cannot be read."""

BUILT_IN = {
    "apps": "codegym.datasets.apps:load",
    "code_contests": "codegym.datasets.code_contests:load",
    "codeforces": "codegym.datasets.codeforces:load",
    "humaneval": "codegym.datasets.humaneval:load",
    "humanevalpack": "codegym.datasets.humanevalpack:load",
    "humanevalplus": "codegym.datasets.humanevalplus:load",
    "icpc": "codegym.datasets.icpc:load",
    "livecodebench": "codegym.datasets.livecodebench:load",
    "mbpp": "codegym.datasets.mbpp:load",
    "mbppplus": "codegym.datasets.mbppplus:load",
    "open-r1/codeforces": "codegym.datasets.codeforces:load",
    "polygon": "codegym.datasets.polygon:load",
    "procedural": "codegym.datasets.procedural:load",
    "quixbugs": "codegym.datasets.quixbugs:load",
    "taco": "codegym.datasets.taco:load",
    "xcodeeval": "codegym.datasets.xcodeeval:load",
}
"""Names that come with the package, and where their loaders are."""

_registered: dict[str, Loader] = {}


def _entry_points() -> "EntryPoints":
    """The loaders of installed packages."""
    from importlib.metadata import entry_points  # 10 ms, which those that ask for no name need not spend

    return entry_points(group=GROUP)


def register_dataset(name: str, loader: Loader) -> None:
    """Let :func:`load_problems` know a set by ``name``; a name that is known already gets the new loader.

    Args:
        name: without a colon, which divides it from the split.
        loader: ``loader(path, split, **options) -> ProblemSet``.

    Raises:
        UsageError: the name or the loader is none.
    """
    if not isinstance(name, str) or not name or ":" in name or name == "builtin":
        raise UsageError(f"expected a name without a colon other than 'builtin', got {name!r}")
    if not callable(loader):
        raise UsageError(f"expected a callable as the loader of {name!r}, got {type(loader).__name__}")
    _registered[name] = loader


def dataset_names() -> tuple[str, ...]:
    """All names that :func:`load_problems` knows, in order."""
    return tuple(sorted({"builtin", *BUILT_IN, *_registered, *(point.name for point in _entry_points())}))


def load_problems(
    source: Source = "builtin", path: str | Path | None = None, *, allow: str | Path | None = None, **options: Any
) -> ProblemSet:
    """Problems by the name of a set, or from a file or folder of problems.

    Args:
        source: ``name`` or ``name:split`` of a known set (:func:`dataset_names`); or a path to codegym's own YAML
            files or to problem packages. A problem set is given back as it is, a sequence of problems made one.
            A name comes before a file that is called so; write ``./name`` for the file.
        path: where the named set's files lie; by default where the set is published.
        allow: an allow-list that ``codegym problems check --allow`` wrote for this set: only its problems are kept.
        options: for the named set's loader, see ``docs/datasets.md``.

    Raises:
        UsageError: ``source`` or an option is nothing of that kind.
        ProblemError: there is nothing there, or it is malformed.
    """
    problems = _load(source, path, options)
    return problems if allow is None else apply_allow_list(problems, allow)


def _load(source: Source, path: str | Path | None, options: dict[str, Any]) -> ProblemSet:
    if not isinstance(source, str | Path):
        return _given(source, path, options)
    if not str(source):
        raise UsageError(f"expected the name of a problem set or a path, got {source!r}")
    name, colon, split = source.partition(":") if isinstance(source, str) else ("", "", "")
    loader = find_loader(name)
    if loader is not None:
        if colon and not split:
            raise UsageError(f"expected a split after the colon, got {source!r}")
        return _call(loader, name, None if path is None else Path(path), split or None, options)
    if path is not None:
        raise UsageError(f"expected a known set with path=, got {str(source)!r}{_near(name)}")
    return _from_path(source, options)


def find_loader(name: str) -> Loader | None:
    """The loader of that name; None if there is none.

    Raises:
        ProblemError: what the name stands for cannot be imported.
    """
    if name in _registered:
        return _registered[name]
    if name == "builtin":
        return _load_builtin
    try:
        if name in BUILT_IN:
            module, _, function = BUILT_IN[name].partition(":")
            return getattr(import_module(module), function)  # type: ignore[no-any-return]
        for point in _entry_points():
            if point.name == name:
                return point.load()  # type: ignore[no-any-return]
    except (ImportError, AttributeError) as error:
        raise ProblemError(f"expected the loader of {name!r} to be importable, got: {error}") from None
    return None


def _given(source: Any, path: object, options: dict[str, Any]) -> ProblemSet:
    is_problems = isinstance(source, Sequence) and all(isinstance(item, Problem) for item in source)
    if not isinstance(source, ProblemSet) and not is_problems:
        raise UsageError(f"expected the name of a problem set or a path, got {source!r}")
    if path is not None or options:
        raise UsageError("expected neither path nor options with problems that are loaded already, got some")
    return source if isinstance(source, ProblemSet) else ProblemSet(source, "given problems")


def _load_builtin(path: Path | None, split: str | None) -> ProblemSet:
    if path is not None or split is not None:
        raise UsageError("expected neither path nor split with 'builtin', got one")
    return ProblemSet(load_folder(problems_folder()), "builtin")


def _load_yaml(path: Path, split: str | None, *, name: str) -> ProblemSet:
    return ProblemSet(load_folder(path) if path.is_dir() else [load_file(path)], name)


def _from_path(source: str | Path, options: dict[str, Any]) -> ProblemSet:
    path = Path(source)
    try:
        exists = path.exists()
    except (OSError, ValueError):  # a name no path can have
        exists = False
    if not exists:
        raise ProblemError(
            f"expected 'builtin', the name of another set, or a folder or file of problems, "
            f"got {str(source)!r}, which is neither{_near(str(source).partition(':')[0])}"
        )
    if suffix_of(path):
        raise ProblemError(
            f"{path}: expected the name of the set whose rows these are, got none; "
            f"write load_problems('code_contests', path={str(path)!r}) or the like"
        )
    detected = _package_loader(path)
    if detected is None and not options:
        return _load_yaml(path, None, name=str(source))
    return _call(detected or partial(_load_yaml, name=str(source)), str(source), path, None, options)


def _package_loader(path: Path) -> Loader | None:
    """The loader for problem packages, if the path holds any."""
    try:
        packages = import_module("codegym.datasets.packages")
    except ModuleNotFoundError as error:
        if error.name != "codegym.datasets.packages":
            raise
        return None
    return packages.detect(path)  # type: ignore[no-any-return]


def _call(loader: Loader, name: str, path: Path | None, split: str | None, options: dict[str, Any]) -> ProblemSet:
    try:
        inspect.signature(loader).bind(path, split, **options)
    except TypeError:
        known = [
            parameter.name
            for parameter in inspect.signature(loader).parameters.values()
            if parameter.kind is parameter.KEYWORD_ONLY and parameter.name != "name"
        ]
        raise UsageError(
            f"expected options {', '.join(known) or 'none'} for {name}, got {', '.join(options)}"
        ) from None
    return loader(path, split, **options)


def _near(name: str) -> str:
    near = get_close_matches(name, dataset_names(), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
