"""Problem packages of the ICPC and Kattis format: ``problem.yaml`` with statement, test data and submissions.

The legacy format, and those from 2023-07 on. ``data/sample`` is public and ``data/secret`` private. The time limit
(``limits.time_limit``, or a file ``.timelimit``) is for compiled programs. Problems with scores, several passes or
answers handed in are refused.
"""

import math
import re
from collections.abc import Callable
from typing import Any

from codegym.datasets import tex
from codegym.datasets.icpc_tests import Case, read_cases, settings, value, words
from codegym.datasets.package import Package
from codegym.datasets.packages import loader
from codegym.datasets.submissions import read_submissions
from codegym.datasets.trees import Tree
from codegym.datasets.validators import read_validator
from codegym.datasets.yaml_reader import Fields
from codegym.problem import Checker, Limits, Problem

_OUTPUT_MIB = 8
_VERSION = re.compile(r"legacy(-icpc)?|draft|20(2[3-9]|[3-9][0-9])-[01][0-9](-draft)?")
_STATEMENT = re.compile(r"problem(?:\.([A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?))?\.(md|tex)")
_INCLUDE = ("default", "python", "python2", "python3", "cpp", "c++")
_LARGEST_STATEMENT = 1 << 20
_TOLERANCES = ("float_tolerance", "float_absolute_tolerance", "float_relative_tolerance")


load = loader("icpc")
"""The problems of ICPC packages; see :func:`codegym.datasets.packages.loader`."""


def read_package(package: Package) -> list[Problem]:
    """The problem of one package.

    Raises:
        ProblemError: it is malformed, or needs what is not supported.
    """
    tree = package.tree
    if "problem.yaml" not in tree:
        raise tree.refusal("problem.yaml", "a missing file", "expected this file, got none")
    fields = settings(tree, "problem.yaml")
    version = str(value(fields, "problem_format_version") or "legacy")
    if not _VERSION.fullmatch(version):
        detail = f"expected legacy, or a version from 2023-07 on, got {version[:40]!r}"
        raise tree.refusal("problem_format_version", "an unknown version of the format", detail)
    legacy = version.startswith("legacy")
    custom, interactive = _validation(tree, fields, legacy)
    _refuse_include(tree)
    flags = words(tree, "problem.yaml", value(fields, "validator_flags"))
    public, private = (read_cases(tree, group, flags) for group in ("sample", "secret"))
    change = _constants(value(fields, "constants"))
    title, statement = _statement(tree, value(fields, "name"), change)
    limits, native = _limits(package, fields)
    reference, programs = read_submissions(package, settings(tree, "submissions/submissions.yaml"), change)
    tests = package.divide([case.test for case in public], [case.test for case in private])
    return [
        Problem(
            id=package.name,
            title=title or package.name,
            statement=statement,
            kind="stdin",
            public_tests=tests[0],
            private_tests=tests[1],
            limits=limits,
            native_limits=native,
            checker=_checker(tree, [*public, *private], legacy, custom, interactive, change),
            tags=_keywords(value(fields, "keywords")),
            reference=reference,
            programs=programs,
            source=tree.source,
        )
    ]


def _validation(tree: Tree, fields: Fields | None, legacy: bool) -> tuple[bool, bool]:
    """Whether outputs are judged by the package's own program, and whether it speaks with the candidate's."""
    given = value(fields, "type") or "pass-fail"
    kinds = [str(kind) for kind in given] if isinstance(given, list) else str(given).split()
    validation = str(value(fields, "validation") or "default").split()
    unknown = [kind for kind in kinds if kind not in ("pass-fail", "interactive")]
    unknown += [word for word in validation if word not in ("default", "custom", "interactive")]
    if unknown:
        detail = f"expected a problem that is passed or failed by its output, got {sorted(unknown)[0][:40]!r}"
        raise tree.refusal("type or validation", "an unsupported type of problem", detail)
    interactive = "interactive" in kinds or "interactive" in validation
    own = "custom" in validation or interactive
    return own or (not legacy and bool(tree.names(_validator_folder(tree, legacy)))), interactive


def _validator_folder(tree: Tree, legacy: bool) -> str:
    first, second = ("output_validators", "output_validator")[:: 1 if legacy else -1]
    return first if tree.names(first) or not tree.names(second) else second


def _checker(
    tree: Tree, cases: list[Case], legacy: bool, custom: bool, interactive: bool, change: Callable[[str], str]
) -> Checker:
    flags = cases[0].flags
    other = next((case.flags for case in cases if case.flags != flags), None)
    if other is not None:
        detail = f"expected the same flags for every test, got {' '.join(flags)!r} and {' '.join(other)!r}"
        raise tree.refusal("output_validator_flags", "validator flags that differ between tests", detail)
    if not custom:
        return _default(tree, flags)
    folder = _validator_folder(tree, legacy)
    return read_validator(
        tree,
        folder,
        several=folder == "output_validators",
        role="interactor" if interactive else "validator",
        flags=flags,
        change=change,
    )


def _default(tree: Tree, flags: tuple[str, ...]) -> Checker:
    """The format's default comparison, by its flags."""
    kept = []
    tolerances: dict[str, float] = {}
    left = list(flags)
    while left:
        flag = left.pop(0)
        if flag in _TOLERANCES:
            tolerances[flag] = _tolerance(tree, left.pop(0) if left else "")
        elif flag in ("case_sensitive", "space_change_sensitive"):
            kept.append(flag)
        else:
            detail = f"expected flags of the default comparison, got {flag[:40]!r}"
            raise tree.refusal("validator_flags", "unknown validator flags", detail)
    both, absolute, relative = (tolerances.get(name) for name in _TOLERANCES)
    if tolerances:
        kept.append("floats")
    return Checker(
        "icpc",
        abs_tol=absolute if absolute is not None else both or 0.0,
        rel_tol=relative if relative is not None else both or 0.0,
        flags=tuple(dict.fromkeys(kept)),
    )


def _tolerance(tree: Tree, text: str) -> float:
    try:
        tolerance = float(text)
    except ValueError:
        tolerance = math.nan
    if not 0 <= tolerance < math.inf:
        detail = f"expected a tolerance after the flag, got {text[:40]!r}"
        raise tree.refusal("validator_flags", "unknown validator flags", detail)
    return tolerance


def _limits(package: Package, fields: Fields | None) -> tuple[Limits, Limits]:
    own = fields.mapping("limits") if value(fields, "limits") is not None and fields is not None else None
    seconds = _number(package.tree, own, "time_limit") or _stored_time_limit(package.tree)
    memory, output = (int(_number(package.tree, own, key) * (1 << 20)) for key in ("memory", "output"))
    return package.limits(seconds, memory, output or _OUTPUT_MIB << 20, "limits")


def _number(tree: Tree, fields: Fields | None, key: str) -> float:
    """A limit; 0 where there is none."""
    given = value(fields, key)
    if given is not None and (isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1e7):
        detail = f"expected a number above 0, got {str(given)[:40]!r}"
        raise tree.refusal(f"limits.{key}", "a limit out of range", detail)
    return given or 0.0


def _stored_time_limit(tree: Tree) -> float | None:
    """What the file ``.timelimit``, or DOMjudge's own, says."""
    for name, pattern in (
        (".timelimit", r"\s*([0-9.]+)"),
        ("domjudge-problem.ini", r"(?m)^\s*timelimit\s*=\s*'?([0-9.]+)"),
    ):
        if name in tree and (found := re.search(pattern, tree.text(name))):
            try:
                return float(found[1])
            except ValueError:
                raise tree.refusal(name, "a limit out of range", f"expected seconds, got {found[1][:40]!r}") from None
    return None


def _refuse_include(tree: Tree) -> None:
    for language in tree.folders("include"):
        if language in _INCLUDE:
            detail = "expected programs that stand alone, got files that are put beside each submission"
            raise tree.refusal(f"include/{language}", "files included with submissions", detail)


def _constants(given: Any) -> Callable[[str], str]:
    """What puts a package's constants into a text."""
    table = {str(name): str(item) for name, item in given.items()} if isinstance(given, dict) else {}

    def change(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda found: table.get(found[1], found[0]), text) if table else text

    return change


def _statement(tree: Tree, name: Any, change: Callable[[str], str]) -> tuple[str, str]:
    """Title and text, in English where there is that."""
    found = []
    for folder in ("statement", "problem_statement"):
        for file in tree.files(folder):
            if match := _STATEMENT.fullmatch(file):
                language = (match[1] or "en").lower()
                found.append(
                    (language != "en", not language.startswith("en"), match[2] != "md", language, folder, file)
                )
    if not found:
        detail = "expected a file problem.en.md or problem.en.tex there, got none"
        raise tree.refusal("statement", "no statement that is text", detail)
    *_, language, folder, file = min(found)
    source = tree.text(f"{folder}/{file}")
    if len(source) > _LARGEST_STATEMENT:
        detail = f"expected at most {_LARGEST_STATEMENT} characters, got {len(source)}"
        raise tree.refusal(f"{folder}/{file}", "too large", detail)
    names = {str(key).lower(): str(item) for key, item in name.items()} if isinstance(name, dict) else {}
    title = names.get(language) or next(iter(names.values()), "") if names else str(name or "")
    if file.endswith(".tex"):
        title = title or tex.title(source)
        text = tex.to_markdown(re.sub(r"\\constant\{(\w+)\}", r"{{\1}}", source))
    else:
        text = source.strip() + "\n"
    shown = [
        f"Sample interaction:\n\n```\n{tree.text(name).rstrip()}\n```\n"
        for name in tree.names("data/sample")
        if name.endswith(".interaction")
    ]
    return " ".join(change(title).split()), "\n".join([change(text), *shown])


def _keywords(given: Any) -> tuple[str, ...]:
    listed = given if isinstance(given, list) else str(given or "").split()
    return tuple(dict.fromkeys(str(word).strip().lower() for word in listed if str(word).strip()))
