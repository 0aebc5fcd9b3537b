"""What a box is asked of a function problem, and what it answers: both plain values, and nothing expected among them.

Most tests are a list of arguments, and the answer is the returned value. Where a problem's tests hold more (see
:mod:`codegym.functions.calls`), all of them go as orders of the form that ``sandbox/calls.py`` describes. All orders of
a split ask for the same, so that an order does not tell what its own test expects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from codegym import values
from codegym.functions.calls import LISTING, Call, Calls, Expected, Raises
from codegym.problem import Problem, TestCase
from codegym.signature import node_shape


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one call, as the box said it.

    Attributes:
        kind: ``returned``; ``listed`` for an iterator; ``object`` for what is no plain value; or ``raised``.
        value: the value, or the items.
        names: of the classes of an exception, the most derived first; of an object, its type.
        message: of an exception.
        truth: of an object; None where it has none.
        left: what the call left in its arguments, by number.
    """

    kind: str
    value: Any = None
    names: tuple[str, ...] = ()
    message: str = ""
    truth: bool | None = None
    left: "dict[int, Outcome]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ordering:
    """What all orders of some tests have in common.

    Attributes:
        shapes: of the arguments, and last of what is returned; empty where none is a list of nodes.
        loose: whether classes derived from built-in ones count as those.
        listed: whether iterators are listed.
        prelude: whether programs find the names that the usual sites give them.
        after: the numbers of the arguments to be told of.
    """

    shapes: tuple[Any, ...] = ()
    loose: bool = False
    listed: bool = False
    prelude: bool = False
    after: tuple[int, ...] = ()

    def encode(self, given: Any) -> bytes:
        """A test's input (arguments, or :class:`Calls`) as an order."""
        calls = given if isinstance(given, Calls) else Calls((Call(tuple(given)),))
        return values.dumps(
            {
                "setup": calls.setup,
                "calls": [
                    [call.function, call.code, list(call.arguments), dict(call.keywords), list(self.after)]
                    for call in calls.calls
                ],
                "shapes": list(self.shapes),
                "loose": self.loose,
                "listed": self.listed,
                "prelude": self.prelude,
            }
        )


def ordering(problem: Problem, tests: Sequence[TestCase]) -> Ordering | None:
    """How these tests are asked as orders; None where plain lists of arguments will do."""
    wanted = [one for test in tests for one in expectations(test)]
    after = {one.argument for one in wanted if isinstance(one, Expected) and one.argument is not None}
    shapes = [node_shape(argument.type) for argument in problem.arguments] + [node_shape(problem.returns)]
    if problem.returns == "None" and any(one is not None for one in wanted):
        after.add(0)
    method = "." in (problem.entry_point or "")
    loose = problem.checker.type == "value" and problem.checker.equality != "types"
    special = any(isinstance(one, Expected | Raises) for one in wanted) or any(
        isinstance(test.input, Calls) for test in tests
    )
    if not (special or after or method or loose or any(shapes)):
        return None
    return Ordering(
        shapes=tuple(shapes) if any(shapes) else (),
        loose=loose,
        listed=any(isinstance(one, Expected) and one.view in LISTING for one in wanted),
        prelude=method or any(shapes),
        after=tuple(sorted(after)),
    )


def expectations(test: TestCase) -> tuple[Any, ...]:
    """What is expected of each of a test's calls."""
    return tuple(test.output) if isinstance(test.input, Calls) else (test.output,)


def outcomes(data: bytes, count: int) -> list[Outcome]:
    """What a box answered to an order of ``count`` calls.

    Raises:
        ValueError: it is no such answer (it may come from a hostile program).
    """
    answer = values.loads(data)
    if type(answer) is not list or len(answer) != count:
        raise ValueError("expected an outcome for each call")
    return [_outcome(item, with_arguments=True) for item in answer]


def _outcome(item: Any, *, with_arguments: bool = False) -> Outcome:
    match item:
        case ["returned" | "listed" as kind, value, *rest]:
            outcome = Outcome(kind, value)
        case ["object", bool() | None as truth, str(name), *rest]:
            outcome = Outcome("object", truth=truth, names=(name[:200],))
        case ["raised", [*names], str(message), *rest] if all(type(name) is str for name in names):
            outcome = Outcome("raised", names=tuple(names), message=message)
        case _:
            raise ValueError("expected an outcome of a call")
    match rest:
        case [dict(left)] if with_arguments and all(type(at) is int for at in left):
            parts = {at: _outcome(one) for at, one in left.items()}
            return Outcome(outcome.kind, outcome.value, outcome.names, outcome.message, outcome.truth, parts)
        case [] if not with_arguments:
            return outcome
    raise ValueError("expected an outcome of a call")
