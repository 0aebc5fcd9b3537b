"""Tests of codegym.audit.cheats."""

import dataclasses
from typing import Any

from codegym import Sandbox, TestCase
from codegym.audit import measure
from codegym.audit.cheats import cheats
from codegym.audit.criteria import Criteria, defects
from tests.fakes import make_function_problem, make_problem


def test_programs_without_a_solution_that_are_accepted_are_found(any_sandbox: Sandbox) -> None:
    """Tests that all want the same, or what the public ones want, are passed by cheats on real boxes."""
    problem = make_problem(public_tests=(TestCase("1\n", "x"),), private_tests=(TestCase("2\n", "x"),), reference=None)
    audit = measure(dataclasses.replace(problem, programs=(), starter=None), any_sandbox)
    assert audit.cheats == ("a program that prints the output of public test 1",)
    assert [defect.kind for defect in defects(audit, Criteria(least_right=0))] == ["cheats"]
    empty = dataclasses.replace(problem, public_tests=(TestCase("1\n", ""),), private_tests=(TestCase("2\n", ""),))
    assert "the empty program" in measure(empty, any_sandbox).cheats


def test_a_method_that_knows_the_public_outputs_is_one(any_sandbox: Sandbox) -> None:
    """The cheat of a problem that wants a method of a class defines that class, and knows the public outputs."""
    problem = make_function_problem(entry_point="Solution.double")
    _, (_, cheat) = cheats(problem)
    table: dict[str, Any] = {}
    exec(cheat, table)  # of this test's own making
    assert table["Solution"]().double(2) == 4
    assert table["Solution"]().double(5) is None


def test_no_cheat_holds_public_tests_that_are_huge() -> None:
    """Tests of megabytes are not put into programs; the empty program is tried all the same."""
    huge = make_problem(public_tests=(TestCase("1\n" * (1 << 20), "2"),))
    assert [name for name, _ in cheats(huge)] == ["the empty program"]
    assert [name for name, _ in cheats(make_problem(public_tests=()))] == ["the empty program"]
