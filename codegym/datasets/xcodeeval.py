"""xCodeEval's program repair: a wrong program, its mended form and hidden tests; rows with their problem's text."""

import re
from functools import partial
from pathlib import Path
from typing import Any

from codegym.datasets.code_contests import REJECTED, by_rating
from codegym.datasets.fields import (
    TIME_FACTOR,
    Tests,
    divide,
    factor_option,
    json_value,
    limits,
    literal_texts,
    lower_tags,
    optional_text,
    text,
    text_tests,
    whole,
    whole_option,
)
from codegym.datasets.hub import Published, open_set
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.statements import SEVERAL_ANSWERS, has_several_answers, is_interactive, text_checker
from codegym.datasets.words import memory_bytes, seconds
from codegym.errors import UsageError
from codegym.problem import LabelledProgram, Problem

PUBLISHED = Published(
    "NTU-NLP-sg/xCodeEval", {split: [f"*{split}*.jsonl"] for split in ("train", "validation", "test")}, "train"
)
_LABELS = {
    "WRONG_ANSWER": "wrong_answer",
    "RUNTIME_ERROR": "runtime_error",
    "TIME_LIMIT_EXCEEDED": "time_limit_exceeded",
    "MEMORY_LIMIT_EXCEEDED": "memory_limit_exceeded",
    "COMPILATION_ERROR": "compile_error",
}
_LANGUAGES = (
    ("python", r"(?:python|pypy) ?3"),
    ("python2", r"(?:python|pypy)"),
    ("cpp", r".*c\+\+"),
    ("java", r"java\b"),
)
_PARTS = (
    ("Input", "prob_desc_input_spec"),
    ("Output", "prob_desc_output_spec"),
    ("Note", "prob_desc_notes"),
)


def load(path: Path | None, split: str | None, *, time_factor: float = TIME_FACTOR, examples: int = 1) -> ProblemSet:
    """XCodeEval's program repair: splits ``train``, ``validation``, ``test``.

    Args:
        path: JSON lines or Parquet of rows that hold their problem's description and tests.
        split: which split.
        time_factor: Python's CPU seconds for one of the set's time limit.
        examples: how many hidden tests are made public where a problem shows none.

    Raises:
        UsageError: there is no path, or an option is not what it must be.
        ProblemError: there is nothing to load.
    """
    if path is None:
        raise UsageError("expected path= with rows of xcodeeval, whose files on the hub only a script puts together")
    make = partial(_problem, factor=factor_option(time_factor), examples=whole_option(examples, "examples"))
    return open_set("xcodeeval", PUBLISHED, path, split, _name, make)


def _name(row: Row, number: int) -> str:
    return optional_text(row, "bug_code_uid").strip() or f"{text(row, 'src_uid').strip()}-{number}"


def _problem(row: Row, place: str, name: str, *, factor: float, examples: int) -> Problem:
    statement = _statement(row)
    if is_interactive(statement):
        raise Unusable("prob_desc_description", "interactive, without an interactor", "expected no interaction")
    public, private = divide(_samples(row), _hidden(row), examples, "hidden_unit_tests")
    language = _language(row)
    bug, fix = text(row, "bug_source_code"), optional_text(row, "fix_source_code")
    label = _LABELS.get(optional_text(row, "bug_exec_outcome").strip().upper(), REJECTED)
    programs = [LabelledProgram("bug", label, bug, language)]
    if fix.strip():
        programs.append(LabelledProgram("fix", "accepted", fix, language))
    python, native = limits(
        seconds(optional_text(row, "prob_desc_time_limit")),
        memory_bytes(optional_text(row, "prob_desc_memory_limit")),
        factor,
        "prob_desc_time_limit",
    )
    return Problem(
        id=name,
        title=optional_text(row, "prob_desc_title").strip() or name,
        statement=statement,
        kind="stdin",
        public_tests=public,
        private_tests=private,
        limits=python,
        native_limits=native,
        checker=text_checker(statement),
        difficulty=by_rating(rating) if (rating := whole(row, "difficulty")) > 0 else "medium",
        tags=lower_tags(literal_texts(row, "tags"), [SEVERAL_ANSWERS] * has_several_answers(statement)),
        reference=fix if language == "python" and fix.strip() else None,
        starter=bug if language == "python" else None,
        programs=tuple(programs),
        source=place,
    )


def _statement(row: Row) -> str:
    parts = [text(row, "prob_desc_description").strip()]
    for heading, key in _PARTS:
        given = optional_text(row, key).strip()
        if given:
            parts.append(f"## {heading}\n\n{given}")
    return "\n\n".join(parts) + "\n"


def _language(row: Row) -> str:
    given = text(row, "lang").strip().lower()
    return next((name for name, pattern in _LANGUAGES if re.match(pattern, given)), given)


def _listed(row: Row, key: str) -> list[Any]:
    given = row.get(key)
    value = json_value(given, key) if isinstance(given, str) and given.strip() else given or []
    if not isinstance(value, list):
        raise Unusable(key, f"{key} is no list", f"expected a list or one in JSON, got {type(value).__name__}")
    return value


def _samples(row: Row) -> Tests:
    inputs, outputs = _listed(row, "prob_desc_sample_inputs"), _listed(row, "prob_desc_sample_outputs")
    if len(inputs) != len(outputs):
        detail = f"expected as many outputs as inputs, got {len(outputs)} and {len(inputs)}"
        raise Unusable("prob_desc_sample_outputs", "samples are malformed", detail)
    return text_tests(zip(inputs, outputs, strict=True), "prob_desc_sample_inputs")


def _hidden(row: Row) -> Tests:
    """Hidden tests: the output of each is a list of those that are right."""
    pairs = []
    for number, test in enumerate(_listed(row, "hidden_unit_tests")):
        place = f"hidden_unit_tests[{number}]"
        if not isinstance(test, dict) or "input" not in test or "output" not in test:
            raise Unusable(place, "a test is malformed", "expected an object of input and output, got another thing")
        outputs = test["output"] if isinstance(test["output"], list) else [test["output"]]
        if len(outputs) != 1:
            raise Unusable(f"{place}.output", "a test without one output", f"expected one output, got {len(outputs)}")
        pairs.append((test["input"], outputs[0]))
    return text_tests(pairs, "hidden_unit_tests")
