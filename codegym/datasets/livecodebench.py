"""LiveCodeBench (``livecodebench/code_generation_lite``): problems of three sites, by the date of their contest."""

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from codegym.datasets.fields import (
    TIME_FACTOR,
    Tests,
    divide,
    first_line,
    json_value,
    limits,
    lower_tags,
    optional_text,
    text,
    text_tests,
)
from codegym.datasets.hub import Published, open_set
from codegym.datasets.packed import unpack
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.solution_class import Wanted, floats_where_annotated, read_starter, with_starter
from codegym.datasets.statements import (
    SEVERAL_ANSWERS,
    has_several_answers,
    is_interactive,
    text_checker,
    value_checker,
)
from codegym.errors import UsageError
from codegym.problem import Difficulty, Problem, TestCase

_FILES = ["test.jsonl", *(f"test{number}.jsonl" for number in range(2, 7))]
PUBLISHED = Published(
    "livecodebench/code_generation_lite",
    {
        **{f"release_v{number}": _FILES[:number] for number in range(1, 7)},
        **{f"v{number}": [_FILES[number - 1]] for number in range(1, 7)},
        "release_latest": _FILES,
        "test": _FILES,
    },
    "test",
)
_LEVELS: dict[str, Difficulty] = {"easy": "easy", "medium": "medium", "hard": "hard"}
_SEVERAL = frozenset({"abc311_c", "abc326_d", "abc327_b", "abc333_e", "abc343_e", "abc362_c"})
_INTERACTIVE = frozenset({"abc337_e", "abc355_e"})
_WRONG_TESTS = frozenset({"abc350_c"})
"""Ids that the set's own list of errata names."""


def load(
    path: Path | None, split: str | None, *, start_date: str | date | None = None, end_date: str | date | None = None
) -> ProblemSet:
    """LiveCodeBench: ``release_v1`` to ``release_v6`` with all up to that version, ``v1`` to ``v6`` what each added.

    Args:
        path: JSON lines or Parquet in the set's schema, or None for the hub.
        split: which release; ``test`` and ``release_latest`` are all.
        start_date: leave out problems of contests before this day (``YYYY-MM-DD``).
        end_date: leave out problems of contests after this day.

    Raises:
        UsageError: an option is not what it must be.
        ProblemError: there is nothing to load.
    """
    name = partial(_name, start=_day(start_date, "start_date"), end=_day(end_date, "end_date"))
    return open_set("livecodebench", PUBLISHED, path, split, name, _problem)


def _day(given: Any, name: str) -> date | None:
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    try:
        return datetime.fromisoformat(given).date()
    except (TypeError, ValueError):
        raise UsageError(f"expected {name} as YYYY-MM-DD, got {given!r}") from None


def _name(row: Row, _: int, *, start: date | None, end: date | None) -> str:
    name = text(row, "question_id").strip()
    if start or end:
        given = text(row, "contest_date")
        try:
            day = datetime.fromisoformat(given).date()
        except ValueError:
            raise Unusable("contest_date", "contest_date is no date", f"expected a date, got {given!r:.60}") from None
        if (start and day < start) or (end and day > end):
            detail = f"expected a contest from {start or 'the first'} to {end or 'the last'}, got {day}"
            raise Unusable("contest_date", "outside of the dates asked for", detail)
    return name


def _problem(row: Row, place: str, name: str) -> Problem:
    question = text(row, "question_content")
    if is_interactive(question) or name in _INTERACTIVE:
        raise Unusable("question_content", "interactive, without an interactor", "expected no interaction, got some")
    if name in _WRONG_TESTS:
        raise Unusable("private_test_cases", "tests known to be wrong", "expected right tests, got some in the errata")
    starter = optional_text(row, "starter_code")
    public, private = _cases(row, "public_test_cases"), _cases(row, "private_test_cases")
    wanted = _wanted(row, starter, [*public, *private])
    split = [
        _calls(cases, wanted, key) if wanted else text_tests(_pairs(cases), key)
        for cases, key in ((public, "public_test_cases"), (private, "private_test_cases"))
    ]
    open_tests, hidden = divide(split[0], split[1], 1, "private_test_cases")
    python, native = limits(None, None, TIME_FACTOR, "time_limit")
    several = not wanted and (name in _SEVERAL or has_several_answers(question))
    return Problem(
        id=name,
        title=optional_text(row, "question_title").strip() or first_line(question),
        statement=with_starter(question, starter),
        kind="function" if wanted else "stdin",
        public_tests=open_tests,
        private_tests=hidden,
        limits=python,
        native_limits=native,
        checker=value_checker(question) if wanted else text_checker(question),
        difficulty=_LEVELS.get(optional_text(row, "difficulty").strip().lower(), "medium"),
        tags=lower_tags([optional_text(row, "platform")], [SEVERAL_ANSWERS] * several),
        entry_point=wanted.entry_point if wanted else None,
        arguments=(wanted.arguments or ()) if wanted else (),
        returns=wanted.returns if wanted else "",
        source=place,
    )


def _cases(row: Row, key: str) -> list[dict[str, Any]]:
    """The tests of a field: JSON, or JSON that was packed."""
    given = text(row, key)
    try:
        cases = json_value(given, key)
    except Unusable:
        if given.lstrip().startswith(("[", "{")):
            raise
        cases = json_value(unpack(given, key), key)
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise Unusable(key, f"{key} is malformed", f"expected a list of tests, got {type(cases).__name__}")
    for number, case in enumerate(cases):
        if not isinstance(case.get("input"), str) or not isinstance(case.get("output"), str):
            raise Unusable(f"{key}[{number}]", "a test is no text", "expected input and output as text, got others")
    return cases


def _pairs(cases: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(case["input"], case["output"]) for case in cases]


def _wanted(row: Row, starter: str, cases: list[dict[str, Any]]) -> Wanted | None:
    kinds = {str(case.get("testtype", "stdin")) for case in cases}
    if kinds <= {"stdin"}:
        return None
    if kinds != {"functional"}:
        detail = f"expected stdin or functional for every test, got {', '.join(sorted(kinds))[:60]}"
        raise Unusable("testtype", "tests of several types", detail)
    given = optional_text(row, "metadata")
    metadata = json_value(given, "metadata") if given.strip() else {}
    name = metadata.get("func_name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not name.isidentifier():
        raise Unusable("metadata", "no func_name", f"expected a func_name for functional tests, got {name!r:.60}")
    return read_starter(starter or "class Solution: ...", name)


def _calls(cases: list[dict[str, Any]], wanted: Wanted, key: str) -> Tests:
    """Tests of a function: an argument in JSON a line, and the value expected in JSON."""
    tests = []
    for number, (given, expected) in enumerate(_pairs(cases)):
        place = f"{key}[{number}]"
        arguments = tuple(json_value(line, f"{place}.input") for line in given.split("\n") if line.strip())
        if wanted.arguments is not None and len(arguments) != len(wanted.arguments):
            detail = f"expected {len(wanted.arguments)} arguments for {wanted.entry_point}, got {len(arguments)}"
            raise Unusable(f"{place}.input", "arguments do not fit the function", detail)
        value = json_value(expected, f"{place}.output")
        tests.append(TestCase(arguments, floats_where_annotated(value, wanted.returns)))
    return tuple(tests)
