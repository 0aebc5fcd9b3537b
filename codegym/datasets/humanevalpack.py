"""HumanEvalPack's bug-fix task, in Python and C++: a program with a fault is the starter, to be repaired.

``example_test`` is public, ``test`` private. The task's splits are languages. Tests in C++ are code that is compiled
with the candidate's; their calls are taken out of it, so that expected values do not lie in its process, and where that
cannot be done the row is left out. The other languages are not loaded.
Source: https://github.com/bigcode-project/octopack (MIT).
"""

import re
from pathlib import Path

from codegym.datasets.fields import Tests, optional_text, text
from codegym.datasets.hub import Published, open_set
from codegym.datasets.humaneval import name_of
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.test_code import EQUAL, function_of, turned
from codegym.errors import UsageError
from codegym.functions import native_asserts
from codegym.functions.native_literals import NotTurned
from codegym.problem import Argument, LabelledProgram, Limits, Problem

PUBLISHED = Published(
    "bigcode/humanevalpack", {name: (f"data/{name}/data/*.jsonl",) for name in ("python", "cpp")}, "python"
)
OTHER_LANGUAGES = ("go", "java", "js", "rust")
_LANGUAGES = {"Python": "python", "CPP": "cpp"}
"""By what stands before the number of a task."""
_LABELS = dict.fromkeys(("stackoverflow", "infinite loop"), "time_limit_exceeded")
"""By the symptoms that the data name; what they call a stack overflow is in Python a loop without end."""
_PARAMETER = re.compile(r"(.*?[\s*&>])([A-Za-z_]\w*)\s*", re.DOTALL)
_TOP_COMMAS = re.compile(r",(?![^<]*>)")


def load(path: Path | None, split: str | None = None) -> ProblemSet:
    """HumanEvalPack: splits ``python`` and ``cpp``.

    Args:
        path: JSON lines or Parquet in the set's schema, or None for the hub.
        split: which language.

    Raises:
        UsageError: there is no such split, or it is a language whose tests cannot be kept from the candidate.
        ProblemError: there is nothing to load.
    """
    if split in OTHER_LANGUAGES:
        raise UsageError(
            f"expected humanevalpack:python or humanevalpack:cpp, got {split!r}, whose tests would be one program with "
            "the candidate's, expected values included"
        )
    return open_set("humanevalpack", PUBLISHED, path, split, name_of, _problem)


def _problem(row: Row, place: str, name: str) -> Problem:
    language = _LANGUAGES.get(name.partition("/")[0])
    if language is None:
        detail = f"expected a task in Python or C++, got {name[:40]!r}: its tests are one program with the candidate's"
        raise Unusable("task_id", "tests that would lie in the candidate's process", detail)
    entry, declaration = text(row, "entry_point"), text(row, "declaration")
    imports, setup = optional_text(row, "import"), optional_text(row, "test_setup")
    head = f"{imports.rstrip()}\n{declaration}" if imports.strip() else declaration
    reference, starter = head + text(row, "canonical_solution"), head + text(row, "buggy_solution")
    if language == "python":
        arguments, returns = function_of(reference, entry, "canonical_solution")
        public, private = (turned(text(row, key), entry, key, setup=setup) for key in ("example_test", "test"))
        label = _LABELS.get(optional_text(row, "failure_symptoms").strip().lower(), "wrong_answer")
    else:
        arguments, returns = _prototype(row, entry, declaration)
        public, private = (_native_tests(row, key, entry) for key in ("example_test", "test"))
        label = "rejected"
    return Problem(
        id=name,
        title=entry,
        statement=text(row, "docstring" if "docstring" in row else "prompt").strip() + "\n",
        kind="function",
        public_tests=public,
        private_tests=private,
        limits=Limits(),
        checker=EQUAL,
        entry_point=entry,
        arguments=arguments,
        returns=returns,
        reference=reference,
        starter=starter,
        programs=(LabelledProgram("buggy", label, starter, language),),
        source=place,
        language=language,
    )


def _native_tests(row: Row, key: str, entry: str) -> Tests:
    try:
        tests = native_asserts.turn(text(row, key), entry)
    except NotTurned as error:
        raise Unusable(key, "test code that cannot be kept apart from the program", str(error)) from None
    if not tests:
        raise Unusable(key, "no tests", "expected asserts, got none")
    return tests


def _prototype(row: Row, entry: str, declaration: str) -> tuple[tuple[Argument, ...], str]:
    """Arguments and result of a function in C++, by its signature, or else by where its body is to begin."""
    signature = optional_text(row, "signature").strip() or declaration.rstrip().rstrip("{").rstrip().rpartition("\n")[2]
    found = re.fullmatch(rf"(.+?)\b{re.escape(entry)}\s*\((.*)\)", signature, re.DOTALL)
    if not found:
        raise Unusable("signature", "no such function", f"expected a signature of {entry}, got {signature[:60]!r}")
    given = [_PARAMETER.fullmatch(part.strip()) for part in _TOP_COMMAS.split(found[2]) if part.strip()]
    if not all(given):
        raise Unusable("signature", "no such function", f"expected arguments with names, got {signature[:60]!r}")
    return tuple(Argument(part[2], part[1].strip()) for part in given if part), found[1].strip()
