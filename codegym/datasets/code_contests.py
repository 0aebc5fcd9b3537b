"""CodeContests (``deepmind/code_contests``): problems of five contest sites, with right and wrong solutions."""

import re
from functools import partial
from pathlib import Path

from codegym.datasets.fields import (
    TIME_FACTOR,
    columns,
    divide,
    factor_option,
    field,
    limits,
    lower_tags,
    optional_text,
    plain_text,
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
from codegym.problem import Difficulty, LabelledProgram, Problem, TestCase

PUBLISHED = Published(
    "deepmind/code_contests", {split: [f"data/{split}-*.parquet"] for split in ("train", "valid", "test")}, "train"
)
LANGUAGES = ("unknown", "python2", "cpp", "python", "java")
"""By the number that the set has for them."""
REJECTED = "rejected"
"""The label of a wrong solution: the site refused it, with a verdict that the set does not keep."""
_LEVELS: tuple[Difficulty | None, ...] = (None, "easy", "medium", "hard", "hard", "hard", None)
_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,60}")


def load(path: Path | None, split: str | None, *, time_factor: float = TIME_FACTOR, examples: int = 1) -> ProblemSet:
    """CodeContests: splits ``train``, ``valid``, ``test``.

    Args:
        path: Parquet or JSON lines in the set's schema, or None for the hub.
        split: which split.
        time_factor: Python's CPU seconds for one of the set's time limit.
        examples: how many private tests are made public where a problem has no public ones.

    Raises:
        UsageError: an option is not what it must be.
        ProblemError: there is nothing to load.
    """
    make = partial(_problem, factor=factor_option(time_factor), examples=whole_option(examples, "examples"))
    return open_set("code_contests", PUBLISHED, path, split, _name, make)


def _name(row: Row, _: int) -> str:
    return text(row, "name").strip()


def _problem(row: Row, place: str, name: str, *, factor: float, examples: int) -> Problem:
    statement = optional_text(row, "description") or text(row, "untranslated_description")
    if is_interactive(statement):
        raise Unusable("description", "interactive, without an interactor", "expected a problem without interaction")
    public = text_tests(columns(row, "public_tests", "input", "output"), "public_tests")
    field(row, "private_tests")
    hidden = [
        test
        for key in ("private_tests", "generated_tests")
        for test in text_tests(columns(row, key, "input", "output"), key)
    ]
    file = _input_file(row)
    public, private = divide(_in_file(public, file), _in_file(tuple(hidden), file), examples, "private_tests")
    python, native = limits(_seconds(row), whole(row, "memory_limit_bytes"), factor, "time_limit")
    right = _programs(row, "solutions", "accepted")
    tags = [SEVERAL_ANSWERS] if has_several_answers(statement) else []
    return Problem(
        id=name,
        title=re.sub(r"\A\d+_[A-Z]\w*\. ", "", name),
        statement=statement,
        kind="stdin",
        public_tests=public,
        private_tests=private,
        limits=python,
        native_limits=native,
        checker=text_checker(statement),
        difficulty=_difficulty(whole(row, "difficulty"), whole(row, "cf_rating")),
        tags=lower_tags(texts(row, "cf_tags"), tags),
        reference=next((program.source for program in right if program.language == "python"), None),
        programs=(*right, *_programs(row, "incorrect_solutions", REJECTED)),
        source=place,
    )


def _input_file(row: Row) -> str:
    """The name of the file that the program reads instead of its standard input."""
    if optional_text(row, "output_file").strip():
        raise Unusable("output_file", "answers in a file", "expected answers on standard output, got a file for them")
    name = optional_text(row, "input_file").strip()
    if name and not _FILE_NAME.fullmatch(name):
        raise Unusable("input_file", "input_file is no plain name", f"expected a file's plain name, got {name[:60]!r}")
    return name


def _in_file(tests: tuple[TestCase, ...], file: str) -> tuple[TestCase, ...]:
    if not file:
        return tests
    return tuple(TestCase("", test.output, ((file, test.input),)) for test in tests)


def _seconds(row: Row) -> float | None:
    value = row.get("time_limit")
    if value is None:
        return None
    parts = [value.get("seconds", 0), value.get("nanos", 0)] if isinstance(value, dict) else [value, 0]
    parts = [0 if part is None else part for part in parts]
    if any(isinstance(part, bool) or not isinstance(part, int | float) or abs(part) > 1e15 for part in parts):
        raise Unusable("time_limit", "time_limit is malformed", "expected numbers as seconds and nanos, got others")
    return float(parts[0] + parts[1] / 1e9)


def _programs(row: Row, name: str, label: str) -> tuple[LabelledProgram, ...]:
    programs = []
    for number, (language, source) in enumerate(columns(row, name, "language", "solution")):
        place = f"{name}[{number}]"
        if type(language) is not int or not 0 <= language < len(LANGUAGES):
            detail = f"expected a language from 0 to {len(LANGUAGES) - 1}, got {type(language).__name__}"
            raise Unusable(place, f"{name} are malformed", detail)
        source = plain_text(source, place, "a solution")
        programs.append(LabelledProgram(f"{label}-{number}", label, source, LANGUAGES[language]))
    return tuple(programs)


def _difficulty(level: int, rating: int) -> Difficulty:
    """From the set's levels 1 to 5; else from the rating; else from the place in the contest, 7 for A and so on."""
    known = _LEVELS[level] if 0 <= level < len(_LEVELS) else None
    if known:
        return known
    if rating > 0:
        return by_rating(rating)
    if level < len(_LEVELS):
        return "medium"
    return "easy" if level < 9 else "medium" if level < 11 else "hard"


def by_rating(rating: int) -> Difficulty:
    """Below 1400 easy, below 2000 medium, else hard."""
    return "easy" if rating < 1400 else "medium" if rating < 2000 else "hard"
