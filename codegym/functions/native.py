"""Functions in C++ that are called: the main program that a box gets, and what came back.

The program lies beside a main file that includes it and makes one call, by the number of its test. What is expected
is no part of either. What the call returned comes back in a file, in the form of :mod:`codegym.values`.
"""

from collections.abc import Sequence
from functools import cache

from codegym.functions.calls import Calls
from codegym.locations import sandbox_folder
from codegym.problem import TestCase
from codegym.sandbox.base import Execution, Input

PROGRAM = "solution.cpp"
"""The file of the program that is called, for its compiler's complaints."""
_RETURNED = "returned"


def main_file(tests: Sequence[TestCase]) -> str:
    """A main program that makes the call of the test whose number is its first argument.

    Args:
        tests: each of one call, in C++.
    """
    calls = [test.input for test in tests]
    bodies = "".join(
        f'#line 1 "test-{number}"\nstatic void codegym_test_{number}() {{ {_body(given)} }}\n'
        for number, given in enumerate(calls)
    )
    cases = " ".join(f"if (which == {number}) codegym_test_{number}();" for number in range(len(calls)))
    main = f"signed main(signed, char **words) {{ auto which = ::std::stoi(words[1]); {cases} }}\n"
    # A program may have a main function of its own, which is not the one that begins.
    program = f'#define main codegym_main_of_the_program\n#include "{PROGRAM}"\n#undef main\n'
    return f'{program}#line 1 "calls.hpp"\n{_header()}{bodies}{main}'


def _body(given: Calls) -> str:
    (call,) = given.calls
    return f"using namespace ::std;\n{given.setup}\n::codegym_calls::give({call.code});"


def questions(tests: Sequence[TestCase]) -> list[Input]:
    """What each run of the main program finds."""
    return [Input(arguments=(str(number),), wanted=(_RETURNED,)) for number in range(len(tests))]


def returned(run: Execution) -> bytes:
    """What the call returned, as a box says it; empty where it did not return."""
    return dict(run.files).get(_RETURNED, b"")


@cache
def _header() -> str:
    return (sandbox_folder() / "calls.hpp").read_text(encoding="utf-8")
