"""MBPP: short functions, each with a few asserts; the full set and the sanitised one.

The data do not divide their asserts. The first ``public`` of ``test_list`` (one by default, never all) are public, the
others and ``challenge_test_list`` private. ``test_setup_code`` is run after the program, for it uses its classes.
Source: https://github.com/google-research/google-research/tree/master/mbpp (CC-BY-4.0).
"""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from codegym.datasets.fields import Tests, divide, first_line, optional_text, text, texts
from codegym.datasets.hub import Published, open_set
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.test_code import EQUAL, each_turned, entry_point_of, function_of, public_option
from codegym.errors import UsageError
from codegym.problem import Problem, TestCase

SPLITS = {"prompt": range(1, 11), "test": range(11, 511), "validation": range(511, 601), "train": range(601, 975)}
"""The ids of each split."""
CONFIGS = ("full", "sanitized")
_ID = re.compile(r"(?:Mbpp/)?([0-9]{1,6})")


def load(path: Path | None, split: str | None = None, *, config: str = "full", public: int = 1) -> ProblemSet:
    """MBPP: splits ``prompt``, ``test``, ``validation``, ``train``; of one local file all, or those with a split's ids.

    Args:
        path: JSON lines or Parquet in the set's schema, or None for the hub.
        split: which split.
        config: ``full`` or ``sanitized``; for the hub, as local rows show what they are.
        public: how many asserts, the first ones, are public.

    Raises:
        UsageError: an option is not what it must be.
        ProblemError: there is nothing to load.
    """
    if config not in CONFIGS:
        raise UsageError(f"expected config {' or '.join(CONFIGS)} of mbpp, got {config!r}")
    published = Published(
        "google-research-datasets/mbpp", {name: (f"{config}/{name}-*.parquet",) for name in SPLITS}, "test"
    )
    make = partial(_problem, public=public_option(public))
    problems = open_set("mbpp", published, path, split, identify, make)
    if path is None or split is None:
        return problems
    return problems.filter(lambda problem: int(problem.id) in SPLITS[split])


def identify(row: Row, _: int) -> str:
    """The number of a row's task, which may be written ``Mbpp/N``."""
    found = _ID.fullmatch(str(row.get("task_id")))
    if not found:
        raise Unusable("task_id", "no task_id", f"expected a task's number, got {str(row.get('task_id'))[:60]!r}")
    return found[1]


def _problem(row: Row, place: str, name: str, *, public: int) -> Problem:
    statement = text(row, "text" if "text" in row else "prompt")
    field = "code" if "code" in row else "canonical_solution"
    program = text(row, field).replace("\r\n", "\n")
    asserts = texts(row, "test_list")
    if not asserts:
        raise Unusable("test_list", "no asserts", "expected a list of asserts, got none")
    entry = optional_text(row, "entry_point") or entry_point_of(asserts, program, "test_list")
    setup = optional_text(row, "test_setup_code").replace("\r\n", "\n")
    more = {"setup": setup, "imports": texts(row, "test_imports")}
    tests = each_turned(asserts, entry, "test_list", **more)
    tests += each_turned(texts(row, "challenge_test_list"), entry, "challenge_test_list", **more)
    shown, hidden = divide((), tests, public, "test_list")
    if not shown:
        raise Unusable("test_list", "one assert alone", "expected at least two asserts, to show one and hide one")
    return short_function(name, statement, (shown, hidden), program, entry, field, place)


def short_function(
    name: str,
    statement: str,
    tests: tuple[Tests, Sequence[TestCase]],
    program: str,
    entry: str,
    field: str,
    place: str,
) -> Problem:
    """A problem of MBPP or MBPP+.

    Args:
        name: its id.
        statement: as the row has it, with quotation marks around it.
        tests: the public and the private ones.
        program: the reference.
        entry: its function.
        field: the program's, for messages.
        place: where the row is.

    Raises:
        Unusable: the program has no such function.
    """
    arguments, returns = function_of(program, entry, field)
    words = statement.strip().strip("'\"").strip()
    return Problem(
        id=name,
        title=first_line(words),
        statement=words + "\n",
        kind="function",
        public_tests=tests[0],
        private_tests=tests[1],
        checker=EQUAL,
        difficulty="easy",
        entry_point=entry,
        arguments=arguments,
        returns=returns,
        reference=program,
        source=place,
    )
