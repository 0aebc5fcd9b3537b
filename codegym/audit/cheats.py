"""Programs without a solution, which the tests of a sound problem reject."""

from collections.abc import Iterator
from typing import Any

from codegym.problem import Problem

_MOST_CONSTANTS = 5
_LARGEST = 1 << 20
"""Characters of public tests beyond which a program that holds them says nothing that a smaller one would not."""


def cheats(problem: Problem) -> Iterator[tuple[str, str]]:
    """Name and text of each: the empty program, and, in Python, those that know the public outputs and nothing else."""
    if problem.language != "python":
        yield "the empty program", "// nothing\n"
        return
    yield "the empty program", "pass\n"
    if problem.public_tests and sum(len(repr((t.input, t.output))) for t in problem.public_tests) <= _LARGEST:
        yield from _printed(problem) if problem.kind == "stdin" else _returned(problem)


def _printed(problem: Problem) -> Iterator[tuple[str, str]]:
    table = {_text(test.input).strip(): _text(test.output) for test in problem.public_tests}
    yield (
        "a program that prints the public outputs",
        f"import sys\nprint({table!r}.get(sys.stdin.read().strip(), ''), end='')\n",
    )
    numbers: dict[str, int] = {}
    for number, test in enumerate(problem.public_tests, 1):
        numbers.setdefault(_text(test.output), number)
    for output, number in list(numbers.items())[:_MOST_CONSTANTS]:
        yield f"a program that prints the output of public test {number}", f"print({output!r}, end='')\n"


def _returned(problem: Problem) -> Iterator[tuple[str, str]]:
    cases = "".join(
        f"    if key == {repr(list(test.input))!r}: return {getattr(test.output, 'value', test.output)!r}\n"
        for test in problem.public_tests
        if isinstance(test.input, tuple | list)  # and no call in another form
    )
    owner, _, name = (problem.entry_point or "").rpartition(".")
    function = f"def {name}(*arguments):\n    key = repr(list(arguments{'[1:]' if owner else ''}))\n{cases}"
    if owner:
        function = f"class {owner}:\n" + "".join(f"    {line}\n" for line in function.splitlines())
    yield "a program that returns the public outputs", f"inf, nan = float('inf'), float('nan')\n{function}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
