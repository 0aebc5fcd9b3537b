"""HumanEvalPack's bug-fix task, in Python: a program with a fault is the starter, to be repaired.

``example_test`` is public, ``test`` private. The task's splits are languages. The tests of all but Python are code that
is compiled or run as one program with the candidate's, so that expected values would lie in its process; they are not
loaded. Source: https://github.com/bigcode-project/octopack (MIT).
"""

from pathlib import Path

from codegym.datasets.fields import optional_text, text
from codegym.datasets.hub import Published, open_set
from codegym.datasets.humaneval import name_of
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.test_code import EQUAL, function_of, turned
from codegym.errors import UsageError
from codegym.problem import LabelledProgram, Problem

PUBLISHED = Published("bigcode/humanevalpack", {"python": ("data/python/data/*.jsonl",)}, "python")
OTHER_LANGUAGES = ("cpp", "go", "java", "js", "rust")
_LABELS = dict.fromkeys(("stackoverflow", "infinite loop"), "time_limit_exceeded")
"""By the symptoms that the data name; what they call a stack overflow is in Python a loop without end."""


def load(path: Path | None, split: str | None = None) -> ProblemSet:
    """HumanEvalPack: one split, ``python``.

    Args:
        path: JSON lines or Parquet in the set's schema, or None for the hub.
        split: which language.

    Raises:
        UsageError: there is no such split, or it is a language whose tests cannot be kept from the candidate.
        ProblemError: there is nothing to load.
    """
    if split in OTHER_LANGUAGES:
        raise UsageError(
            f"expected humanevalpack:python, got {split!r}, whose tests would be one program with the candidate's, "
            "expected values included"
        )
    return open_set("humanevalpack", PUBLISHED, path, split, name_of, _problem)


def _problem(row: Row, place: str, name: str) -> Problem:
    if not name.startswith("Python/"):
        detail = f"expected a task in Python, got {name[:40]!r}: its tests are one program with the candidate's"
        raise Unusable("task_id", "tests that would lie in the candidate's process", detail)
    entry, declaration = text(row, "entry_point"), text(row, "declaration")
    imports, setup = optional_text(row, "import"), optional_text(row, "test_setup")
    head = f"{imports.rstrip()}\n{declaration}" if imports.strip() else declaration
    reference, starter = head + text(row, "canonical_solution"), head + text(row, "buggy_solution")
    arguments, returns = function_of(reference, entry, "canonical_solution")
    public = turned(text(row, "example_test"), entry, "example_test", setup=setup)
    label = _LABELS.get(optional_text(row, "failure_symptoms").strip().lower(), "wrong_answer")
    return Problem(
        id=name,
        title=entry,
        statement=text(row, "docstring" if "docstring" in row else "prompt").strip() + "\n",
        kind="function",
        public_tests=public,
        private_tests=turned(text(row, "test"), entry, "test", setup=setup),
        checker=EQUAL,
        entry_point=entry,
        arguments=arguments,
        returns=returns,
        reference=reference,
        starter=starter,
        programs=(LabelledProgram("buggy", label, starter),),
        source=place,
    )
