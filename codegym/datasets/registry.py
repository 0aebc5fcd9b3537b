"""``load_problems``: from a name or a path to a :class:`ProblemSet`."""

from collections.abc import Sequence
from pathlib import Path

from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.yaml_files import load_file, load_folder
from codegym.errors import ProblemError, UsageError
from codegym.locations import problems_folder
from codegym.problem import Problem

Source = str | Path | ProblemSet | Sequence[Problem]


def load_problems(source: Source = "builtin") -> ProblemSet:
    """Problems by the name of a set, or from a folder of problem files, or from one such file.

    Args:
        source: ``builtin``, or a path. A problem set is given back as it is, a sequence of problems made one.

    Raises:
        UsageError: ``source`` is nothing of that kind.
        ProblemError: there is nothing there, or it is malformed.
    """
    if isinstance(source, ProblemSet):
        return source
    if isinstance(source, Sequence) and not isinstance(source, str) and all(isinstance(p, Problem) for p in source):
        return ProblemSet(source, "given problems")
    if not isinstance(source, str | Path) or not str(source):
        raise UsageError(f"expected the name of a problem set or a path, got {source!r}")
    if source == "builtin":
        return ProblemSet(load_folder(problems_folder()), "builtin")
    path = Path(source)
    try:
        folder, file = path.is_dir(), path.exists()
    except (OSError, ValueError):  # a name no path can have
        folder = file = False
    if folder:
        return ProblemSet(load_folder(path), str(source))
    if file:
        return ProblemSet([load_file(path)], str(source))
    raise ProblemError(f"expected 'builtin', or a folder or file of problems, got {str(source)!r}, which is neither")
