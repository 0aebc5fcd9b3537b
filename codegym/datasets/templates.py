"""What the families of procedural problems are put together from: words, pieces of programs, and inputs.

The letters C, D and E stand for numbers that are drawn later, TERM for one of :data:`TERMS`.
"""

import random
from collections.abc import Callable, Sequence

Inputs = Callable[[random.Random], str]
"""Draws an input."""


def operands(count: int, low: int, high: int) -> Inputs:
    """So many whole numbers in one line."""
    return lambda rng: " ".join(str(rng.randint(low, high)) for _ in range(count)) + "\n"


def bounds(rng: random.Random) -> str:
    """Two whole numbers in one line, the second one larger."""
    low = rng.randint(1, 60)
    return f"{low} {low + rng.randint(5, 80)}\n"


def numbers(rng: random.Random) -> str:
    """Some whole numbers in one line."""
    return " ".join(str(rng.randint(-50, 50)) for _ in range(rng.randint(8, 13))) + "\n"


TERMS = ("i * i + C", "C * i - D", "(i + C) * i", "i * (D - i) + C", "C * i + D", "(i - C) * (i + D)")

_ONE = "n = int(input())\n"
_TWO = "a, b = map(int, input().split())\n"
_MANY = "values = list(map(int, input().split()))\n"
_SUM = "total = 0\nfor i in range({}):\n    total += {}\nprint(total)\n"

LOOPS: Sequence[tuple[str, str, Inputs]] = (
    (
        "Read a whole number n. Print the sum of TERM for every i from 1 to n, both included",
        _ONE + _SUM.format("1, n + 1", "TERM"),
        operands(1, 10, 300),
    ),
    (
        "Read a whole number n. Print the sum of TERM for every i from 0 to n, of which 0 is included and n is not",
        _ONE + _SUM.format("0, n", "TERM"),
        operands(1, 10, 300),
    ),
    (
        "Read whole numbers a and b, which stand in one line. Print the sum of TERM for every i from a to b, both "
        "included",
        _TWO + _SUM.format("a, b + 1", "TERM"),
        bounds,
    ),
    (
        "Read whole numbers a and b, which stand in one line. Print the sum of TERM for every i that is larger than a "
        "and smaller than b",
        _TWO + _SUM.format("a + 1, b", "TERM"),
        bounds,
    ),
)
"""Statement, program and inputs of loops, to which a condition can be added."""

CONDITIONS = (
    (", but only if a division of i by C leaves the rest 1", "i % C == 1"),
    (", but only if i is at least D", "i >= D"),
    (", but only if i is smaller than D", "i < D"),
    (", but only if i is larger than C and at most D", "C < i <= D"),
)
"""Words and code of what may stand in a loop."""

LISTS: Sequence[tuple[str, str, Inputs]] = (
    (
        "Read a line of whole numbers. Print the largest sum of E numbers that stand next to each other, plus C",
        f"{_MANY}best = sum(values[0:E])\nfor i in range(1, len(values) - E + 1):\n"
        "    best = max(best, sum(values[i : i + E]))\nprint(best + C)\n",
        numbers,
    ),
    (
        "Read a line of whole numbers. Print the sum of every number times TERM, where i is its index, the first index "
        "being 0, and the first E numbers and the last one do not count",
        _MANY + _SUM.format("E, len(values) - 1", "values[i] * (TERM)"),
        numbers,
    ),
    (
        "Read a line of whole numbers. Print the sum of TERM for every index i, the first index being 1, at which the "
        "number is larger than the one before it; the first number has none before it",
        _MANY + "total = 0\nfor i in range(2, len(values) + 1):\n    if values[i - 1] > values[i - 2]:\n"
        "        total += TERM\nprint(total)\n",
        numbers,
    ),
    (
        "Read a line of whole numbers. Print C times the sum of those at the indices E, E + 2, E + 4 and so on, the "
        "first index being 0, minus D times the last number",
        f"{_MANY}print(C * sum(values[E + 0 :: 2]) - D * values[len(values) - 1])\n",
        numbers,
    ),
)
"""As :data:`LOOPS`, over lists."""

FOLDS = (
    ("the sum of the numbers", "sum(values)"),
    ("the largest of the numbers", "max(values)"),
    ("the smallest of the numbers", "min(values)"),
    ("the difference of the largest and the smallest of the numbers", "(max(values) - min(values))"),
    ("the sum of the squares of the numbers", "sum(v * v for v in values)"),
    ("the sum of the first and the last of the numbers", "(values[0] + values[-1])"),
)
"""Words and code of one number that is made of a list."""

FORMATS: Sequence[tuple[str, Callable[[list[int]], str], str]] = (
    (
        "Read a line of whole numbers, divided by spaces.",
        lambda values: " ".join(map(str, values)) + "\n",
        _MANY,
    ),
    (
        "Read a line of whole numbers, divided by commas.",
        lambda values: ",".join(map(str, values)) + "\n",
        'values = list(map(int, input().split(",")))\n',
    ),
    (
        "Read a line which has a whole number n and then the n numbers that are meant, divided by spaces.",
        lambda values: f"{len(values)} {' '.join(map(str, values))}\n",
        "values = list(map(int, input().split()))[1:]\n",
    ),
    (
        "Read a line of items name=number, divided by spaces; only their numbers matter.",
        lambda values: " ".join(f"{'xyzuvw'[n % 6]}={value}" for n, value in enumerate(values)) + "\n",
        'values = [int(item.split("=")[1]) for item in input().split()]\n',
    ),
    (
        "Read a line with a whole number n, and n lines after it with a number each.",
        lambda values: f"{len(values)}\n" + "".join(f"{value}\n" for value in values),
        "values = [int(input()) for _ in range(int(input()))]\n",
    ),
    (
        "Read a line with a whole number n, and a second line with n numbers, divided by spaces.",
        lambda values: f"{len(values)}\n{' '.join(map(str, values))}\n",
        "input()\nvalues = list(map(int, input().split()))\n",
    ),
    (
        "Read lines with a whole number each; after the last of them a line has the word end.",
        lambda values: "".join(f"{value}\n" for value in values) + "end\n",
        'values = []\nfor line in iter(input, "end"):\n    values.append(int(line))\n',
    ),
)
"""In words, how numbers are written; what writes them so; and a program that reads them."""

STEPS = (
    (
        "Multiply every number by its place; the first place is 1.",
        "values = [n * v for n, v in enumerate(values, 1)]\n",
    ),
    ("Sort the numbers, the smallest first.", "values = sorted(values)\n"),
    ("Leave out the first E numbers.", "values = values[E:]\n"),
    (
        "Add D to every number at an even index; the first index is 0.",
        "values = [v + D * (n % 2 == 0) for n, v in enumerate(values)]\n",
    ),
    (
        "Replace every number by the sum of all numbers up to it, itself included.",
        "values = [sum(values[: n + 1]) for n in range(len(values))]\n",
    ),
    (
        "Take from every number but the first the one that stood before it.",
        "values = [v - (values[n - 1] if n else 0) for n, v in enumerate(values)]\n",
    ),
    ("Turn the list round.", "values = values[::-1]\n"),
    ("Replace every negative number by C.", "values = [v if v >= 0 else C for v in values]\n"),
)
"""Words and code of what may be done with a list."""

ENDS = (
    ("the sum of every number times its index; the first index is 0", "sum(n * v for n, v in enumerate(values))"),
    ("the numbers in one line, divided by spaces", "*values"),
    ("the first number minus C times the last one", "values[0] - C * values[-1]"),
)
"""Words and code of what is printed of it."""
