"""APPS (``codeparrot/apps``): problems of four sites, programs and functions, with right solutions in Python."""

import re
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
    plain_text,
    text,
    text_tests,
    whole,
    whole_option,
)
from codegym.datasets.hub import Published, open_set
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
from codegym.problem import Difficulty, LabelledProgram, Limits, Problem, TestCase

PUBLISHED = Published("codeparrot/apps", {"train": ["train.jsonl"], "test": ["test.jsonl"]}, "train")
LEVELS: dict[str, Difficulty] = {"introductory": "easy", "interview": "medium", "competition": "hard"}
_PROSE_INPUT = re.compile(r"\s*[A-Za-z_]\w*\s*(?:\[\s*\])*\s*=\s*\S")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def load(path: Path | None, split: str | None, *, examples: int = 1) -> ProblemSet:
    """APPS: splits ``train``, ``test``.

    Args:
        path: JSON lines or Parquet in the set's schema, or None for the hub.
        split: which split.
        examples: how many tests, the first ones, are made public; the set itself does not divide them.

    Raises:
        UsageError: an option is not what it must be.
        ProblemError: there is nothing to load.
    """
    make = partial(_problem, examples=whole_option(examples, "examples"))
    return open_set("apps", PUBLISHED, path, split, _name, make)


def _name(row: Row, _: int) -> str:
    if row.get("problem_id") is None:
        raise Unusable("problem_id", "no problem_id", "expected a whole number, got none")
    return str(whole(row, "problem_id"))


def _problem(row: Row, place: str, name: str, *, examples: int) -> Problem:
    difficulty = LEVELS.get(optional_text(row, "difficulty").strip().lower(), "medium")
    python, native = limits(None, None, TIME_FACTOR, "time_limit")
    return make_problem(row, place, name, examples, difficulty, (python, native), ())


def make_problem(
    row: Row,
    place: str,
    name: str,
    examples: int,
    difficulty: Difficulty,
    python_and_native: tuple[Limits, Limits],
    tags: tuple[str, ...],
    *,
    always_wrapped: bool = False,
    title: str = "",
) -> Problem:
    """The problem of a row that has ``question``, ``input_output``, ``solutions`` and ``starter_code``.

    Args:
        row: the row.
        place: where it is.
        name: its id.
        examples: how many tests are made public.
        difficulty: how hard.
        python_and_native: limits.
        tags: topics.
        always_wrapped: whether a function's expected value always stands in a list of its own.
        title: its title; by default the first line of its statement.

    Raises:
        Unusable: the row is no problem.
    """
    question = text(row, "question")
    if is_interactive(question):
        raise Unusable("question", "interactive, without an interactor", "expected a problem without interaction")
    starter = optional_text(row, "starter_code")
    data = _input_output(row)
    pairs = _pairs(data)
    programs = _solutions(row)
    wanted = _wanted(data.get("fn_name"), starter, programs)
    if wanted:
        tests = _calls(pairs, wanted, always_wrapped=always_wrapped)
    else:
        tests = text_tests(pairs, "input_output")
        if starter.strip() and tests and all(_PROSE_INPUT.match(test.input) for test in tests):
            detail = f"expected input that a program reads, got {first_line(tests[0].input)!r} for a function"
            raise Unusable("input_output", "inputs in prose for a function", detail)
    public, private = divide((), tests, examples, "input_output")
    several = [] if wanted else [SEVERAL_ANSWERS] * has_several_answers(question)
    return Problem(
        id=name,
        title=title or first_line(question),
        statement=with_starter(question, starter),
        kind="function" if wanted else "stdin",
        public_tests=public,
        private_tests=private,
        limits=python_and_native[0],
        native_limits=python_and_native[1],
        checker=value_checker(question) if wanted else text_checker(question),
        difficulty=difficulty,
        tags=lower_tags(tags, several),
        entry_point=wanted.entry_point if wanted else None,
        arguments=(wanted.arguments or ()) if wanted else (),
        returns=wanted.returns if wanted else "",
        reference=programs[0].source if programs else None,
        programs=programs,
        source=place,
    )


def _input_output(row: Row) -> dict[str, Any]:
    given = optional_text(row, "input_output")
    if not given.strip():
        raise Unusable("input_output", "no tests", "expected tests, got none")
    data = json_value(given, "input_output")
    if not isinstance(data, dict):
        raise Unusable("input_output", "input_output is malformed", f"expected an object, got {type(data).__name__}")
    return data


def _pairs(data: dict[str, Any]) -> list[tuple[Any, Any]]:
    inputs, outputs = data.get("inputs"), data.get("outputs")
    if not isinstance(inputs, list) or not isinstance(outputs, list) or len(inputs) != len(outputs):
        detail = "expected lists inputs and outputs of one length, got others"
        raise Unusable("input_output", "input_output is malformed", detail)
    return list(zip(inputs, outputs, strict=True))


def _wanted(name: Any, starter: str, programs: tuple[LabelledProgram, ...]) -> Wanted | None:
    if name is None or name == "":
        return None
    if not isinstance(name, str) or not name.isidentifier():
        raise Unusable("input_output.fn_name", "fn_name is no name", f"expected a Python name, got {name!r:.60}")
    wanted = read_starter(starter, name)
    if wanted.arguments is None and not starter.strip() and programs:
        wanted = read_starter(programs[0].source, name)
    return wanted


def _calls(pairs: list[tuple[Any, Any]], wanted: Wanted, *, always_wrapped: bool) -> Tests:
    tests = []
    unwrap = _is_wrapped([expected for _, expected in pairs], wanted.returns, always_wrapped)
    for number, (given, expected) in enumerate(pairs):
        place = f"input_output.inputs[{number}]"
        if isinstance(given, str):
            given = [json_value(line, place) for line in given.split("\n") if line.strip()]
        if not isinstance(given, list):
            raise Unusable(place, "arguments are no list", f"expected a list, got {type(given).__name__}")
        if wanted.arguments is not None and len(given) != len(wanted.arguments):
            detail = f"expected {len(wanted.arguments)} arguments for {wanted.entry_point}, got {len(given)}"
            raise Unusable(place, "arguments do not fit the function", detail)
        value = _whole_keys(expected[0] if unwrap else expected)
        tests.append(TestCase(tuple(map(_whole_keys, given)), floats_where_annotated(value, wanted.returns)))
    return tuple(tests)


def _is_wrapped(expected: list[Any], returns: str, always: bool) -> bool:
    """Whether every expected value stands in a list of its own; where the function returns lists, a list of lists."""
    if not expected or not all(isinstance(value, list) and len(value) == 1 for value in expected):
        return False
    is_list = returns.lower().startswith("list")
    return always or not is_list or all(isinstance(value[0], list) for value in expected)


def _whole_keys(value: Any) -> Any:
    """JSON has text keys alone: a mapping of which all keys are whole numbers had them as numbers."""
    if isinstance(value, dict) and value and all(_WHOLE.fullmatch(key) for key in value):
        return {int(key): item for key, item in value.items()}
    return value


def _solutions(row: Row) -> tuple[LabelledProgram, ...]:
    given = optional_text(row, "solutions")
    sources = json_value(given, "solutions") if given.strip() else []
    if not isinstance(sources, list):
        raise Unusable("solutions", "solutions are malformed", "expected a list of programs in JSON, got another thing")
    return tuple(
        LabelledProgram(f"accepted-{number}", "accepted", plain_text(source, f"solutions[{number}]", "a solution"))
        for number, source in enumerate(sources)
    )
