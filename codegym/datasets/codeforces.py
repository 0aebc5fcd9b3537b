"""Codeforces by open-r1 (``open-r1/codeforces``): statements in parts, official tests, checkers as programs."""

from functools import partial
from pathlib import Path

from codegym.datasets.code_contests import by_rating
from codegym.datasets.fields import (
    TIME_FACTOR,
    columns,
    divide,
    factor_option,
    limits,
    lower_tags,
    optional_text,
    text,
    text_tests,
    texts,
    whole,
    whole_option,
)
from codegym.datasets.hub import Published, open_set
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.statements import SEVERAL_ANSWERS, has_several_answers, is_interactive, text_checker
from codegym.problem import Checker, Problem, TestCase

PUBLISHED = Published(
    "open-r1/codeforces", {split: [f"data/{split}-*.parquet"] for split in ("train", "test")}, "train"
)
_PARTS = (("Input", "input_format"), ("Output", "output_format"), ("Note", "note"))


def load(
    path: Path | None,
    split: str | None,
    *,
    time_factor: float = TIME_FACTOR,
    examples: int = 1,
    complete: bool = False,
) -> ProblemSet:
    """Codeforces: splits ``train``, ``test``.

    Args:
        path: Parquet or JSON lines in the set's schema, or None for the hub.
        split: which split.
        time_factor: Python's CPU seconds for one of the set's time limit.
        examples: how many private tests are made public where a problem shows none.
        complete: leave out problems of which the site shows only a part of the tests.

    Raises:
        UsageError: an option is not what it must be.
        ProblemError: there is nothing to load.
    """
    make = partial(
        _problem,
        factor=factor_option(time_factor),
        examples=whole_option(examples, "examples"),
        complete=bool(complete),
    )
    return open_set("codeforces", PUBLISHED, path, split, _name, make)


def _name(row: Row, _: int) -> str:
    return text(row, "id").strip()


def _problem(row: Row, place: str, name: str, *, factor: float, examples: int, complete: bool) -> Problem:
    statement = _statement(row)
    _refuse(row, statement, complete)
    public = text_tests(columns(row, "examples", "input", "output"), "examples")
    official = text_tests(columns(row, "official_tests", "input", "output"), "official_tests")
    shown = {_bare(test) for test in public}
    hidden = tuple(test for test in official if _bare(test) not in shown)
    open_tests, private = divide(public, hidden, examples, "official_tests")
    seconds, megabytes = _number(row, "time_limit"), _number(row, "memory_limit")
    python, native = limits(seconds, int(megabytes * (1 << 20)) if megabytes else None, factor, "time_limit")
    checker = optional_text(row, "generated_checker")
    several = not checker.strip() and has_several_answers(statement)
    return Problem(
        id=name,
        title=optional_text(row, "title").strip() or name,
        statement=statement,
        kind="stdin",
        public_tests=open_tests,
        private_tests=private,
        limits=python,
        native_limits=native,
        checker=_program(checker) if checker.strip() else text_checker(statement),
        difficulty=by_rating(rating) if (rating := whole(row, "rating")) > 0 else "medium",
        tags=lower_tags(texts(row, "tags"), [SEVERAL_ANSWERS] * several),
        source=place,
    )


def _bare(test: TestCase) -> tuple[str, str]:
    """A test without the white space by which an official test may differ from the example that it is."""
    return str(test.input).strip(), str(test.output).strip()


def _program(source: str) -> Checker:
    return Checker("validator", source=source, language="python", protocol="open-r1")


def _statement(row: Row) -> str:
    parts = [text(row, "description").strip()]
    for heading, key in _PARTS:
        given = optional_text(row, key).strip()
        if given:
            parts.append(f"## {heading}\n\n{given}")
    return "\n\n".join(parts).replace("\r\n", "\n") + "\n"


def _refuse(row: Row, statement: str, complete: bool) -> None:
    if optional_text(row, "interaction_format").strip() or is_interactive(statement):
        detail = "expected a problem without interaction, got one"
        raise Unusable("interaction_format", "interactive, without an interactor", detail)
    mode = optional_text(row, "input_mode").strip()
    if mode not in ("", "stdio"):
        raise Unusable("input_mode", "reads and writes files", f"expected input_mode stdio, got {mode!r:.40}")
    if complete and row.get("official_tests_complete") is not True:
        detail = f"expected true, got {row.get('official_tests_complete')!r:.40}"
        raise Unusable("official_tests_complete", "a part of the tests alone", detail)


def _number(row: Row, name: str) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e9:
        raise Unusable(name, f"{name} is no number", f"expected a number or null, got {value!r:.40}")
    return float(value)
