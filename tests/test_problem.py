"""codegym.problem: limits that can be enforced, and a statement without room for a secret."""

import dataclasses
import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym.errors import UsageError
from codegym.problem import Argument, Checker, LabelledProgram, Limits, Problem, Statement, TestCase
from tests.fakes import make_function_problem, make_problem

NAMES = [field.name for field in dataclasses.fields(Limits)]
NUMBERS: list[Any] = [0, -1, -0.0, math.nan, math.inf, -math.inf, 10**400, -(10**400), 10**5000, 2**48]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "value",
    [*NUMBERS, True, False, "1", b"1", [1], 1j, object()],
    ids=lambda v: str(v)[:8] if not isinstance(v, int) or abs(v) < 2**63 else f"{v.bit_length()} bits",
)
def test_limits_that_cannot_be_enforced_are_refused(name: str, value: Any) -> None:
    """Zero, negative, endless, unordered, astronomic and non-numeric limits raise UsageError that names the limit."""
    with pytest.raises(UsageError, match=rf"\Aexpected [^\n]*limit {name}\b[^\n]*, got [^\n]+\Z"):
        Limits(**{name: value})


@pytest.mark.parametrize("name", ["cpu_s", "memory_bytes", "output_bytes"])
def test_only_the_clock_may_have_no_limit_of_its_own(name: str) -> None:
    """None is a default for ``wall_s`` and an error for the others."""
    assert Limits(wall_s=None).wall_seconds > 0
    with pytest.raises(UsageError, match=name):
        Limits(**{name: None})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["memory_bytes", "output_bytes"])
def test_bytes_are_whole(name: str) -> None:
    """Half a byte is no limit, not even where the number is whole as a float."""
    with pytest.raises(UsageError, match=name):
        Limits(**{name: 1e8})  # type: ignore[arg-type]


@given(st.floats(0.01, 1e6), st.none() | st.floats(0.01, 1e6))
def test_clock_limit_is_given_or_follows_from_cpu(cpu_s: float, wall_s: float | None) -> None:
    """The clock's limit is the given one, or else more than any use of the CPU time can take."""
    limits = Limits(cpu_s=cpu_s, wall_s=wall_s)
    assert limits.wall_seconds == wall_s if wall_s is not None else limits.wall_seconds > cpu_s


@pytest.mark.parametrize("kind", [Limits, TestCase, Argument, Checker, LabelledProgram, Statement, Problem])
def test_data_are_frozen_and_closed(kind: type) -> None:
    """No field of these can be changed, and none can be added."""
    value: Any = {
        Limits: Limits(),
        TestCase: TestCase("", ""),
        Argument: Argument("n", "int"),
        Checker: Checker(),
        LabelledProgram: LabelledProgram("a", "accepted", ""),
        Statement: make_problem().visible,
        Problem: make_problem(),
    }[kind]
    for name in (dataclasses.fields(kind)[0].name, "extra"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(value, name, 1)


def planted() -> Problem:
    """A problem with PLANT wherever an agent must not look."""
    return make_problem(
        private_tests=(TestCase("PLANT in", "PLANT out"),),
        reference="PLANT reference",
        checker=Checker("validator", source="PLANT validator"),
        programs=(LabelledProgram("PLANT name", "wrong_answer", "PLANT source", fails="private"),),
        source="PLANT.yaml",
        tags=("PLANT",),
    )


def reachable(value: Any) -> list[str]:
    """Every text that can be reached from a value by fields, items and pickling."""
    if dataclasses.is_dataclass(value):
        return [text for field in dataclasses.fields(value) for text in reachable(getattr(value, field.name))]
    if isinstance(value, tuple | list):
        return [text for item in value for text in reachable(item)]
    return [str(value)]


def test_statement_holds_nothing_private() -> None:
    """Nothing but what an agent may see can be reached from a statement, nor does its pickle carry anything else."""
    statement = planted().visible
    assert not any("PLANT" in text for text in reachable(statement))
    assert b"PLANT" not in pickle.dumps(statement)


def test_statement_has_no_field_for_a_secret() -> None:
    """The type itself leaves no room: its fields are these, whose text and tests are public."""
    names = {field.name for field in dataclasses.fields(Statement)}
    shown = {
        "id",
        "title",
        "text",
        "kind",
        "entry_point",
        "arguments",
        "returns",
        "limits",
        "public_tests",
        "starter",
        "language",
    }
    assert names == shown
    assert not hasattr(planted().visible, "__dict__")


def test_statement_shows_all_that_is_public() -> None:
    """Each public field arrives unchanged."""
    problem = make_function_problem(starter="def double(n): return n")
    statement = problem.visible
    for name in ("id", "title", "kind", "entry_point", "arguments", "returns", "limits", "public_tests", "starter"):
        assert getattr(statement, name) == getattr(problem, name)
    assert statement.text == problem.statement


@pytest.mark.parametrize(
    ("changes", "signature"),
    [
        ({}, "def double(n: int) -> int"),
        ({"returns": ""}, "def double(n: int)"),
        ({"arguments": ()}, "def double() -> int"),
        ({"arguments": (Argument("a", "int"), Argument("b", "str"))}, "def double(a: int, b: str) -> int"),
    ],
    ids=["one", "no-return", "none", "two"],
)
def test_signature_is_the_line_to_write(changes: dict[str, Any], signature: str) -> None:
    """A function problem's signature is a line of Python; a stdin problem has none."""
    assert make_function_problem(**changes).visible.signature == signature
    compile(signature + ": ...", "signature", "exec")
    assert make_problem().visible.signature == ""


def test_wrong_programs_are_those_not_accepted() -> None:
    """The wrong programs are all labelled ones but the accepted, in order."""
    labels = ("wrong_answer", "accepted", "runtime_error", "compile_error")
    problem = make_problem(programs=tuple(LabelledProgram(label, label, "") for label in labels))
    assert [program.label for program in problem.wrong_programs] == ["wrong_answer", "runtime_error", "compile_error"]


def test_wrong_programs_by_language() -> None:
    """Those that are not accepted, in one language; another language's are not taken for it."""
    programs = (
        LabelledProgram("a", "accepted", "1"),
        LabelledProgram("b", "wrong_answer", "2"),
        LabelledProgram("c", "rejected", "int main() {}", "cpp"),
        LabelledProgram("d", "rejected", "print 1", "python2"),
    )
    problem = dataclasses.replace(make_problem("p"), programs=programs)
    assert [program.name for program in problem.wrong_programs] == ["b", "c", "d"]
    assert [program.name for program in problem.wrong_programs_in("python")] == ["b"]
    assert [program.name for program in problem.wrong_programs_in("cpp")] == ["c"]
