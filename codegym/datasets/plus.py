"""What the "plus" sets of EvalPlus share: JSON inputs, and how their results are compared.

The sets hold inputs; the expected value is what the reference gives. It is compared by ``==``; results that are
floats, and all of a task with an ``atol``, by that tolerance (1e-6 where it is 0) and a relative one of 1e-7. Some
tasks differ: those of :data:`SETS` compare as sets, :data:`TRUTHS` only by truth, and a few take a second answer too.
Source: https://github.com/evalplus/evalplus (Apache-2.0).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codegym.functions.asserts import plus_expected
from codegym.functions.calls import Expected
from codegym.functions.orders import Outcome

SETS = frozenset({2, 7, 111, 140, 232, 249, 579, 769})
"""Tasks of MBPP+ whose results may be in any order and repeat."""
TRUTHS = frozenset({737, 787, 794})
"""Tasks of MBPP+ whose results are matches or None."""

MOST_ITEMS = 1_000_000
"""Numbers or texts in one expected result; Mbpp/255 has inputs with a hundred times as many."""

_Spec = tuple[str, ...]
_SPECS: dict[_Spec, tuple[int, ...]] = {
    # What each argument was before JSON, as the asserts have it; the last word counts for all that follow. Keys of
    # mappings that were numbers (301, 582) stay text.
    ("tuple",): (
        *(2, 98, 104, 116, 132, 143, 145, 222, 261, 273, 394, 399, 421, 424, 429),
        *(470, 560, 579, 596, 616, 630, 726, 740, 744, 809),
    ),
    ("list of tuples",): (63, 64, 70, 94, 120, 140, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780),
    ("list of tuples", ""): (75, 413, 444, 753),
    ("", "tuple"): (106, 750),
    ("list of sets",): (115,),
    ("float", "complex"): (124,),
    ("tuple", ""): (250, 307, 405, 446, 617, 720, 763, 808),
    ("tuple of tuples",): (259, 278, 401, 445),
    ("mapping to tuples", ""): (722,),
    ("complex",): (252,),
    ("all tuples",): (580, 615, 791),
}
_SPEC_OF = {task: spec for spec, tasks in _SPECS.items() for task in tasks}


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_RESTORE: dict[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "tuple": _tuple,
    "list of tuples": lambda value: [_tuple(item) for item in value],
    "tuple of tuples": lambda value: tuple(_tuple(item) for item in value),
    # The set's own reading of an empty one is a mapping, for JSON had no sets.
    "list of sets": lambda value: [set(item) if isinstance(item, list) and item else {} for item in value],
    "mapping to tuples": lambda value: {key: _tuple(item) for key, item in value.items()},
    "float": float,
    "complex": complex,
    "all tuples": _tuples,
}


def restored(task: int, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments of a task of MBPP+ with the types that JSON does not know.

    Raises:
        ValueError: they are not of the form that the task's are.
    """
    spec = _SPEC_OF.get(task, ("",))
    words = (spec + spec[-1:] * len(arguments))[: len(arguments)]
    try:
        return tuple(_RESTORE[word](value) for word, value in zip(words, arguments, strict=True))
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"expected arguments of task {task}, got others ({str(error)[:80]})") from None


def too_large(task: int, arguments: tuple[Any, ...]) -> bool:
    """Whether what a task of MBPP+ returns for these arguments is too large to be carried: see :data:`MOST_ITEMS`."""
    if task != 255:
        return False
    colours, count = arguments
    return bool(colours) and math.comb(len(colours) + count - 1, count) * count > MOST_ITEMS


@dataclass(frozen=True, slots=True)
class PlusOracle:
    """What is expected of a call, given the reference's outcome.

    Attributes:
        task: the number in MBPP+; 0 for another set.
        atol: the task's absolute tolerance.
        exact: whether the value itself is wanted, for a validator.
    """

    task: int
    atol: float
    exact: bool = False

    def __call__(self, arguments: tuple[Any, ...], outcome: Outcome) -> Any:
        """See :data:`codegym.functions.referenced.Expect`."""
        if self.task in TRUTHS:
            truth = outcome.truth if outcome.kind == "object" else outcome.value
            return Expected(relation="true" if truth else "false")
        value = outcome.value
        if self.exact:
            return value
        if outcome.kind == "object":
            return Expected(relation="not_none")
        if self.task in SETS:
            return Expected(set(value), view="set") if isinstance(value, list | tuple | set) else value
        if (second := _SECOND.get(self.task)) is not None:
            return Expected([value, second(*arguments)], "contains")
        return plus_expected(value, self.atol)


def _padded_digits(one: int, other: int) -> int:
    """Mbpp/558, the shorter number with zeros in front."""
    width = max(len(str(one)), len(str(other)))
    pairs = zip(str(one).zfill(width), str(other).zfill(width), strict=True)
    return sum(abs(int(a) - int(b)) for a, b in pairs)


def _pyramid(base: float, height: float) -> int:
    """Mbpp/581, with the height of the pyramid rather than that of a side."""
    return round(base**2 + 2 * base * math.hypot(base / 2, height))


_SECOND: dict[int, Callable[..., Any]] = {558: _padded_digits, 581: _pyramid}
"""Tasks of MBPP+ that take a second answer: its statement can be read in two ways."""


def is_special(task: int) -> bool:
    """Whether the results of a task of MBPP+ are compared otherwise than by equality and closeness."""
    return task in SETS or task in TRUTHS or task in _SECOND
