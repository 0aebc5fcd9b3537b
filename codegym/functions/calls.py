"""Tests of function problems beyond one call whose value equals another: several calls, code, exceptions, arguments.

A plain test is a tuple of arguments and a value. What stands here takes the place of either, as data: nothing of it
is run on the host.
"""

from dataclasses import dataclass
from typing import Any, Literal

from codegym.values import show

Relation = Literal["equal", "unequal", "close", "true", "false", "none", "not_none", "contains", "anything"]
View = Literal["", "set", "frozenset", "sorted", "list", "tuple", "len", "int", "float", "str", "bool", "abs", "sum"]
LISTING: tuple[View, ...] = ("set", "frozenset", "sorted", "list", "tuple", "sum")
"""Views that take what an iterator gives, in Python too."""


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One call of a test.

    Attributes:
        arguments: its arguments.
        function: what is called: empty for the problem's entry point; the name of another function or class of the
            program; or ``.name`` for a method of what the first call of this test made.
        keywords: its keyword arguments.
        code: in place of all that, an expression that is evaluated among the program's names, in the program's box;
            for arguments that are no plain values. It is a test's input: no expected value may stand in it.
    """

    arguments: tuple[Any, ...] = ()
    function: str = ""
    code: str = ""
    keywords: tuple[tuple[str, Any], ...] = ()

    def written(self, entry_point: str) -> str:
        """The call as Python; a method's object is called ``it``."""
        if self.code:
            return self.code
        name = self.function or entry_point
        arguments = [*map(show, self.arguments), *(f"{key}={show(value)}" for key, value in self.keywords)]
        return f"{'it' if name.startswith('.') else ''}{name}({', '.join(arguments)})"

    def __repr__(self) -> str:
        """The same in every process."""
        return f"Call({self.function!r}, {self.code!r}, {show(self.arguments)}, {show(self.keywords)})"


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls that are made one after the other in one process; the output of such a test is a tuple, an item a call.

    Attributes:
        calls: the calls.
        setup: code that is run among the program's names before the first of them.
    """

    calls: tuple[Call, ...]
    setup: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Expected:
    """What is expected of one call, where that is more than a value that its own equals.

    Attributes:
        value: the expected value, where the relation wants one.
        relation: how what came stands to it. ``close``: numbers within the tolerances; ``contains``: it is an item of
            ``value``; ``true`` and ``false``: the truth of what came.
        view: what is made of what came before it is compared, by the function of that name.
        abs_tol: for ``close``; otherwise the checker's tolerances count.
        rel_tol: likewise.
        argument: look at this argument as the call left it, not at what was returned.
    """

    value: Any = None
    relation: Relation = "equal"
    view: View = ""
    abs_tol: float = 0.0
    rel_tol: float = 0.0
    argument: int | None = None

    def written(self, what: str) -> str:
        """The expectation of ``what`` as a line of Python."""
        if self.argument is not None:
            what = f"argument {self.argument + 1} after {what}"
        if self.view:
            what = f"{self.view}({what})"
        value = show(self.value)
        return {
            "equal": f"assert {what} == {value}",
            "unequal": f"assert {what} != {value}",
            "close": f"assert math.isclose({what}, {value}, rel_tol={self.rel_tol!r}, abs_tol={self.abs_tol!r})",
            "true": f"assert {what}",
            "false": f"assert not {what}",
            "none": f"assert {what} is None",
            "not_none": f"assert {what} is not None",
            "contains": f"assert {what} in {value}",
            "anything": what,
        }[self.relation]

    def __repr__(self) -> str:
        """The same in every process."""
        rest = (self.relation, self.view, self.abs_tol, self.rel_tol, self.argument)
        return f"Expected({show(self.value)}, {rest!r})"


@dataclass(frozen=True, slots=True)
class Raises:
    """The call is expected to raise.

    Attributes:
        exception: name of the class, or of one that it derives from.
        message: text that stands in its message.
    """

    exception: str
    message: str = ""

    def written(self, what: str) -> str:
        """The expectation of ``what`` in a line."""
        return f"{what} raises {self.exception}{f' with {self.message!r}' if self.message else ''}"


@dataclass(frozen=True, slots=True)
class Harness:
    """Test code that cannot be turned into calls; it runs in the judge's box, see :mod:`codegym.functions.harness`.

    Attributes:
        source: the code. It fails by raising.
        name: by which it calls the program's function, beside the entry point's own.
    """

    source: str
    name: str = "candidate"


def written(entry_point: str, given: Any, expected: Any) -> str:
    """A test of a function problem as a line of Python, or, of test code, as its text."""
    if isinstance(given, Harness):
        return given.source.strip()
    calls = given.calls if isinstance(given, Calls) else (Call(tuple(given)),)
    wanted = expected if isinstance(given, Calls) else (expected,)
    setup = [line for line in given.setup.splitlines() if line.strip()] if isinstance(given, Calls) else []
    lines = [
        (want if isinstance(want, Expected | Raises) else Expected(want)).written(call.written(entry_point))
        for call, want in zip(calls, wanted, strict=True)
    ]
    return "; ".join(setup + lines)
