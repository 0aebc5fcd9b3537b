"""Whether what came of a call is what was expected of it: on the host, on plain data."""

import cmath
from collections.abc import Callable
from functools import partial
from typing import Any

from codegym.checker import mismatch
from codegym.functions.calls import LISTING, Calls, Expected, Raises
from codegym.functions.orders import Outcome, expectations, outcomes
from codegym.problem import Checker, Problem, TestCase
from codegym.signature import NODES, node_shape
from codegym.values import distinct, show
from codegym.verdict import UNREADABLE, Verdict

Settled = tuple[Verdict, Any, str]
"""A verdict, the output to show, and the reason."""
_PLAIN = Checker("value", equality="python")
RAISED = "raised"
"""The reason where a call ended by an exception that nobody expected."""


def settle(problem: Problem, test: TestCase, data: bytes, validate: Callable[[TestCase, Any], str]) -> Settled:
    """The verdict on a test that was asked as an order.

    Args:
        problem: whose test it is.
        test: the test.
        data: the box's answer.
        validate: asks the problem's validator, where it has one, about a test of one call and what that returned.
    """
    wanted = expectations(test)
    try:
        came = outcomes(data, len(wanted))
    except ValueError:
        return Verdict.WRONG_ANSWER, None, UNREADABLE
    shown: tuple[Any, ...] = tuple(one.value for one in came)
    for number, (want, outcome) in enumerate(zip(wanted, came, strict=True), 1):
        if problem.checker.type == "validator":
            asked = partial(_ask, validate, test, number - 1)
            reason = _invalid(_meant(problem, want), outcome, asked)
        else:
            reason = unmet(_meant(problem, want), outcome, problem.checker)
        where = f"call {number}: " if len(wanted) > 1 else ""
        if reason == RAISED:
            return Verdict.RUNTIME_ERROR, None, f"{where}it raised {outcome.names[0] if outcome.names else 'something'}"
        if reason:
            at = want.argument if isinstance(want, Expected) else None
            seen = outcome.left[at].value if at in outcome.left else outcome.value
            return Verdict.WRONG_ANSWER, shown if where else seen, where + reason
    return Verdict.ACCEPTED, shown if len(wanted) > 1 else shown[0], ""


def _ask(validate: Callable[[TestCase, Any], str], test: TestCase, number: int, expected: Any, value: Any) -> str:
    """Tell a validator of one call: its arguments (or the text of one that is code), and what is expected."""
    if not isinstance(test.input, Calls):
        return validate(TestCase(test.input, expected), value)
    call = test.input.calls[number]
    named = [dict(call.keywords)] if call.keywords else []
    given = [call.code] if call.code else [*call.arguments, *named]
    return validate(TestCase(given, expected), value)


def _invalid(expected: Any, outcome: Outcome, validate: Callable[[Any, Any], str]) -> str:
    """As :func:`unmet`, where the problem's validator is asked about values that are to equal others."""
    if isinstance(expected, Raises) or outcome.kind == "raised":
        return unmet(expected, outcome, _PLAIN)
    want = expected if isinstance(expected, Expected) else Expected(expected)
    looked_at = outcome if want.argument is None else outcome.left.get(want.argument)
    if looked_at is None or looked_at.kind != "returned" or want.relation != "equal" or want.view:
        return unmet(want, outcome, _PLAIN)
    return validate(want.value, looked_at.value)


def _meant(problem: Problem, want: Any) -> Any:
    """What the sites leave unsaid: a function that returns nothing changes its first argument; no nodes are []."""
    if isinstance(want, Expected | Raises):
        return want
    nothing = problem.returns == "None"
    shape = node_shape(problem.arguments[0].type if nothing and problem.arguments else problem.returns)
    value = [] if want is None and shape in NODES and not nothing else want
    return Expected(value, argument=0) if nothing and want is not None else value


def unmet(expected: Any, outcome: Outcome, checker: Checker) -> str:
    """Why the outcome of a call is not the expected one; empty where it is, :data:`RAISED` for a stray exception."""
    if isinstance(expected, Raises):
        return _not_raised(expected, outcome)
    want = expected if isinstance(expected, Expected) else Expected(expected)
    if outcome.kind == "raised":
        return RAISED
    if want.argument is not None:
        if want.argument not in outcome.left:
            return f"there is no argument {want.argument + 1}"
        outcome = outcome.left[want.argument]
    if outcome.kind == "object":
        return _of_object(want, outcome)
    if outcome.kind == "listed" and want.view not in LISTING:
        return _of_object(want, Outcome("object", truth=True, names=("iterator",)))
    try:
        value = _viewed(want.view, outcome.value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        return f"{want.view}() of it: {str(error)[:200]}"
    try:
        return _relation(want, value, checker)
    except RecursionError:
        return "the returned value is nested too deeply"


def _not_raised(expected: Raises, outcome: Outcome) -> str:
    if outcome.kind != "raised":
        return "expected an exception, got none"
    if expected.exception not in outcome.names:
        return "it raised another exception than it should"
    return "" if expected.message in outcome.message else "the message of its exception differs"


def _of_object(want: Expected, outcome: Outcome) -> str:
    """An object that is no plain value has a truth and is not None; nothing else is known of it."""
    known = {"true": outcome.truth is True, "false": outcome.truth is False, "not_none": True, "anything": True}
    if known.get(want.relation) and not want.view:
        return ""
    name = outcome.names[0]
    if name.endswith("iterator") or name in ("generator", "map", "filter", "zip", "range", "enumerate", "reversed"):
        return f"expected plain data, got an iterator ({name}); return a list"
    return f"expected plain data of built-in types, got {name}"


_VIEWS: dict[str, Any] = {
    "set": lambda items: distinct(tuple(items)),
    "frozenset": lambda items: frozenset(distinct(tuple(items))),
    "sorted": sorted,
    "list": list,
    "tuple": tuple,
    "len": len,
    "int": int,
    "float": float,
    "str": show,
    "bool": bool,
    "abs": abs,
    "sum": sum,
}


def _viewed(view: str, value: Any) -> Any:
    if view == "str" and type(value) is str:
        return value
    return _VIEWS[view](value) if view else value


def _relation(want: Expected, value: Any, checker: Checker) -> str:
    match want.relation:
        case "equal":
            return mismatch(checker, want.value, value)
        case "unequal":
            return "" if mismatch(checker, want.value, value) else "it is equal"
        case "close":
            return _far(want.value, value, want)
        case "contains":
            return "" if any(not mismatch(checker, one, value) for one in want.value) else "it is none of these"
        case "true" | "false":
            return "" if bool(value) is (want.relation == "true") else f"expected it to be {want.relation}"
        case "none" | "not_none":
            return "" if (value is None) is (want.relation == "none") else f"expected it to be {want.relation}"
    return ""


def _far(expected: Any, value: Any, want: Expected) -> str:
    """Whether numbers, also in lists of one shape, differ by more than the tolerances."""
    if type(expected) in (list, tuple):
        if type(value) not in (list, tuple) or len(value) != len(expected):
            return f"expected {len(expected)} items"
        reasons = (_far(one, other, want) for one, other in zip(expected, value, strict=True))
        return next((reason for reason in reasons if reason), "")
    if type(expected) not in _NUMBERS or type(value) not in _NUMBERS:
        return "" if type(expected) is type(value) and expected == value else "expected a number, got another thing"
    if expected == value:
        return ""
    try:
        close = cmath.isclose(value, expected, rel_tol=want.rel_tol, abs_tol=want.abs_tol)
    except OverflowError:
        close = False
    return "" if close else "it differs by more than the tolerance"


_NUMBERS = (bool, int, float, complex)
