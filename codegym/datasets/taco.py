"""TACO (``BAAI/TACO``): as APPS, with topics and limits; some fields are lists in Python's notation."""

from functools import partial
from pathlib import Path

from codegym.datasets.apps import make_problem
from codegym.datasets.fields import (
    TIME_FACTOR,
    factor_option,
    first_line,
    limits,
    literal_texts,
    optional_text,
    text,
    whole_option,
)
from codegym.datasets.hub import Published, open_set
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row
from codegym.datasets.words import memory_bytes, seconds
from codegym.problem import Difficulty, Problem

PUBLISHED = Published("BAAI/TACO", {"train": ["ALL/train-*.parquet"], "test": ["ALL/test-*.parquet"]}, "train")
LEVELS: dict[str, Difficulty] = {
    "EASY": "easy",
    "MEDIUM": "medium",
    "MEDIUM_HARD": "medium",
    "HARD": "hard",
    "VERY_HARD": "hard",
}


def load(path: Path | None, split: str | None, *, time_factor: float = TIME_FACTOR, examples: int = 1) -> ProblemSet:
    """TACO: splits ``train``, ``test``. Its rows have no ids: a problem's is ``taco-`` and the number of its row.

    Args:
        path: Parquet or JSON lines in the set's schema, or None for the hub.
        split: which split.
        time_factor: Python's CPU seconds for one of the set's time limit.
        examples: how many tests, the first ones, are made public; the set itself does not divide them.

    Raises:
        UsageError: an option is not what it must be.
        ProblemError: there is nothing to load.
    """
    make = partial(_problem, factor=factor_option(time_factor), examples=whole_option(examples, "examples"))
    return open_set("taco", PUBLISHED, path, split, _name, make)


def _name(row: Row, number: int) -> str:
    return f"taco-{number}"


def _problem(row: Row, place: str, name: str, *, factor: float, examples: int) -> Problem:
    topics = dict.fromkeys(
        (*literal_texts(row, "tags"), *literal_texts(row, "raw_tags"), *literal_texts(row, "skill_types"))
    )
    return make_problem(
        row,
        place,
        name,
        examples,
        LEVELS.get(optional_text(row, "difficulty").strip().upper(), "medium"),
        limits(
            seconds(optional_text(row, "time_limit")),
            memory_bytes(optional_text(row, "memory_limit")),
            factor,
            "time_limit",
        ),
        tuple(topics),
        always_wrapped=True,
        title=optional_text(row, "name").strip() or first_line(text(row, "question")),
    )
