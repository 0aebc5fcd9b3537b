"""HumanEval: functions by their beginning, with a ``check`` of asserts.

The statement is the beginning of a program; an answer is a whole program, and one that holds the function alone will do
(but for the four whose beginning holds a helper that the function calls: an answer holds that too). The data have no
public tests. The examples of the docstring (``>>>``) are taken for them, or where there is none that can be read, the
first assert; all other asserts are private. An example that an assert contradicts is not taken.
Source: https://github.com/openai/human-eval (MIT).
"""

import ast
import re
from pathlib import Path

from codegym.datasets.fields import Tests, divide, text
from codegym.datasets.hub import Published, open_set
from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.test_code import EQUAL, function_of, turned, without
from codegym.functions.calls import Harness
from codegym.functions.static import NotStatic, evaluate, parsed
from codegym.problem import Problem, TestCase

PUBLISHED = Published("openai/openai_humaneval", {"test": ("openai_humaneval/test-*.parquet",)}, "test")
_EXAMPLE = re.compile(r"^[ \t]*>>>[ \t]*(.+)\n[ \t]*(?!>>>)(\S.*)$", re.MULTILINE)


def load(path: Path | None, split: str | None = None) -> ProblemSet:
    """HumanEval: one split, ``test``.

    Args:
        path: JSON lines or Parquet in the set's schema, or None for the hub.
        split: which split.

    Raises:
        UsageError: there is no such split.
        ProblemError: there is nothing to load.
    """
    return open_set("humaneval", PUBLISHED, path, split, name_of, _problem)


def name_of(row: Row, _: int) -> str:
    """The id of a row's task."""
    return text(row, "task_id")


def _problem(row: Row, place: str, name: str) -> Problem:
    entry, prompt = text(row, "entry_point"), text(row, "prompt")
    public, private = divided(turned(text(row, "test"), entry, "test"), docstring_tests(prompt, entry), 1)
    return completion(row, place, name, public, private)


def completion(row: Row, place: str, name: str, public: Tests, private: "Tests | object") -> Problem:
    """The problem of a row with a beginning, ``prompt``, that ``canonical_solution`` completes."""
    entry, prompt = text(row, "entry_point"), text(row, "prompt")
    reference = prompt + text(row, "canonical_solution")
    arguments, returns = function_of(reference, entry, "canonical_solution")
    return Problem(
        id=name,
        title=entry,
        statement=f"Complete this program:\n\n```python\n{prompt.rstrip()}\n```\n",
        kind="function",
        public_tests=public,
        private_tests=private,  # type: ignore[arg-type]
        checker=EQUAL,
        entry_point=entry,
        arguments=arguments,
        returns=returns,
        reference=reference,
        source=place,
    )


def divided(tests: Tests, examples: Tests, otherwise: int) -> tuple[Tests, Tests]:
    """Public and private tests: the examples, or else the first tests; and those that are not public."""
    wanted = {repr(test.input): repr(test.output) for test in tests if not isinstance(test.input, Harness)}
    sound = tuple(test for test in examples if wanted.get(repr(test.input), repr(test.output)) == repr(test.output))
    private = without(tests, sound)
    if sound and private:
        return sound, private
    public, private = divide((), tests, otherwise, "test")
    if not public:
        raise Unusable("test", "one test alone", "expected at least two tests, to show one and hide one")
    return public, private


def docstring_tests(prompt: str, entry_point: str) -> Tests:
    """The examples of a docstring that are one call and a value in one line."""
    tests = []
    for found in _EXAMPLE.finditer(prompt):
        try:
            call, shown = _expression(found[1]), _expression(found[2])
            value = evaluate(shown, {})
            if isinstance(call, ast.Call) and ast.unparse(call.func) == entry_point and not call.keywords:
                tests.append(TestCase(tuple(evaluate(ast.List(call.args, ast.Load()), {})), value))
        except (ValueError, NotStatic):
            continue
    return tuple(tests)


def _expression(text: str) -> ast.expr:
    match parsed(text.strip()).body:
        case [ast.Expr(value)]:
            return value
    raise ValueError("no expression")
