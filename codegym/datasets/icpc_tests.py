"""The test data of an ICPC package: cases in groups, with the groups' settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codegym.datasets.trees import Tree
from codegym.datasets.yaml_reader import Fields, parse
from codegym.problem import TestCase

_SETTINGS = ("testdata.yaml", "test_group.yaml")
_LARGEST_SETTINGS = 1 << 20
_SCORING = ("accept_score", "reject_score", "range", "scoring")
_HARMLESS = {"first_error", "worst_error", "min", "max", "sum", "avg"}
"""Words for the grader that change no verdict where a program must pass every test."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test, and the flags that the output validator gets for it."""

    test: TestCase
    flags: tuple[str, ...]


def settings(tree: Tree, name: str) -> Fields | None:
    """The fields of a YAML file; None where there is none, or nothing but comments in it.

    Raises:
        ProblemError: it is malformed.
    """
    if name not in tree:
        return None
    text = tree.text(name)
    if len(text) > _LARGEST_SETTINGS:
        raise tree.refusal(name, "too large", f"expected at most {_LARGEST_SETTINGS} characters, got {len(text)}")
    lines = (line.strip() for line in text.split("\n"))
    if all(line.startswith("#") or line in ("", "---", "null", "~", "{}") for line in lines):
        return None
    return parse(text, f"{tree.source}/{name}")


def value(fields: Fields | None, key: str) -> Any:
    """A field's value as plain data; None where it is absent or null."""
    return fields.read(key, lambda data: data) if fields is not None and fields.has(key) else None


def words(tree: Tree, place: str, given: Any) -> tuple[str, ...]:
    """Arguments: a text of words, a list of texts, or a mapping with such ``flags``.

    Raises:
        ProblemError: they are none.
    """
    if isinstance(given, dict):
        given = given.get("flags")
    if given is None:
        return ()
    if isinstance(given, str | int | float) and not isinstance(given, bool):
        return tuple(str(given).split())
    if isinstance(given, list) and all(isinstance(item, str | int | float) for item in given):
        return tuple(map(str, given))
    detail = f"expected a text or a list of arguments, got {type(given).__name__}"
    raise tree.refusal(place, "malformed arguments", detail)


def read_cases(tree: Tree, group: str, flags: tuple[str, ...]) -> list[Case]:
    """All cases of ``data/sample`` or ``data/secret``, those of groups within it included, in order of their names.

    Args:
        tree: the package.
        group: ``sample`` or ``secret``.
        flags: what every case's validator gets before the group's own.

    Raises:
        ProblemError: a case is incomplete or needs what is not supported, or a group is scored.
    """
    own = _group_flags(tree, "data", ())
    return list(_cases(tree, f"data/{group}", flags, own))


def _cases(tree: Tree, folder: str, flags: tuple[str, ...], inherited: tuple[str, ...]) -> Iterator[Case]:
    own = _group_flags(tree, folder, inherited)
    files = tree.files(folder)
    bases = {name.removesuffix(".in") for name in files if name.endswith(".in")}
    for name in files:
        if name.endswith(".ans") and name.removesuffix(".ans") not in bases:
            raise tree.refusal(f"{folder}/{name}", "a test without input", "expected a file .in beside it, got none")
    groups = [name for name in tree.folders(folder) if not name.endswith((".files", ".download"))]
    for name in sorted([*bases, *(group for group in groups if group not in bases)]):
        if name in bases:
            yield _case(tree, f"{folder}/{name}", flags, own)
        if name in groups:
            yield from _cases(tree, f"{folder}/{name}", flags, own)


def _case(tree: Tree, base: str, flags: tuple[str, ...], inherited: tuple[str, ...]) -> Case:
    if f"{base}.ans" not in tree:
        raise tree.refusal(f"{base}.in", "a test without answer", "expected a file .ans beside it, got none")
    if f"{base}.args" in tree and tree.text(f"{base}.args").strip():
        raise _no_arguments(tree, f"{base}.args")
    fields = settings(tree, f"{base}.yaml")
    if words(tree, f"{base}.yaml", value(fields, "args")):
        raise _no_arguments(tree, f"{base}.yaml")
    given = value(fields, "output_validator_args")
    own = inherited if given is None else words(tree, f"{base}.yaml", given)
    test = TestCase(tree.text(f"{base}.in"), tree.text(f"{base}.ans"), _files(tree, f"{base}.files"))
    return Case(test, flags + own)


def _files(tree: Tree, folder: str) -> tuple[tuple[str, str], ...]:
    if tree.folders(folder):
        detail = "expected files for the program without folders, got folders"
        raise tree.refusal(folder, "files of a test in folders", detail)
    return tuple((name, tree.text(f"{folder}/{name}")) for name in tree.files(folder))


def _no_arguments(tree: Tree, place: str) -> Exception:
    detail = "expected tests without command-line arguments, which are not supported, got some"
    return tree.refusal(place, "command-line arguments", detail)


def _group_flags(tree: Tree, folder: str, inherited: tuple[str, ...]) -> tuple[str, ...]:
    """The flags that a group's cases get for the validator, by its own settings or those above it."""
    flags = inherited
    for name in _SETTINGS:
        place = f"{folder}/{name}"
        fields = settings(tree, place)
        scored = next((key for key in _SCORING if value(fields, key) is not None), "")
        grader = set(words(tree, place, value(fields, "grader_flags"))) - _HARMLESS
        if value(fields, "grading") not in (None, "default") or scored or grader:
            what = scored or (f"grader_flags {min(grader)[:40]}" if grader else "grading")
            detail = f"expected a group in which all tests must be passed, got a scored or graded one ({what})"
            raise tree.refusal(place, "a scored or graded group of tests", detail)
        if value(fields, "static_validation") not in (None, False):
            detail = "expected no static validation, which is not supported, got some"
            raise tree.refusal(place, "static validation", detail)
        if words(tree, place, value(fields, "args")):
            raise _no_arguments(tree, place)
        for key in ("output_validator_flags", "output_validator_args"):
            given = value(fields, key)
            flags = flags if given is None else words(tree, place, given)
    return flags
