"""Which comparison of codegym's own does the same as one of the checkers that come with testlib."""

import re
from collections.abc import Callable, Iterable

from codegym.problem import Checker

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_HUGE = re.compile(r"0|-?[1-9][0-9]*")
_YES_OR_NO = re.compile(r"yes|no", re.IGNORECASE | re.ASCII)
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SLACK = 1e-15
"""What testlib adds to every tolerance."""

_WORDS = Checker("icpc", flags=("case_sensitive",))
_ANY_CASE = Checker("icpc")


def _reals(tolerance: float) -> Checker:
    error = tolerance + _SLACK
    return Checker("icpc", abs_tol=error, rel_tol=error, flags=("case_sensitive", "floats"))


_STANDARD: dict[str, tuple[Checker, re.Pattern[str] | None, bool]] = {
    # a checker's name: what does the same, provided that the tokens of the answers are such, and one only
    "wcmp": (_WORDS, None, False),
    "ncmp": (_WORDS, _INTEGER, False),
    "icmp": (_WORDS, _INTEGER, True),
    "hcmp": (_WORDS, _HUGE, True),
    "yesno": (_ANY_CASE, _YES_OR_NO, True),
    "nyesno": (_ANY_CASE, _YES_OR_NO, False),
    "uncmp": (Checker("unordered_tokens"), _INTEGER, False),
    "rcmp4": (_reals(1e-4), _REAL, False),
    "rcmp6": (_reals(1e-6), _REAL, False),
    "rcmp9": (_reals(1e-9), _REAL, False),
}
"""The others (lines, single real numbers, cases) have no exact counterpart and are run from their source."""


def same_comparison(name: str, answers: Callable[[], Iterable[str]]) -> Checker | None:
    """The comparison that gives the verdicts of a standard checker on these answers; None if there is none.

    Real numbers are compared alike but for the rounding of the last digit.

    Args:
        name: of the checker, as in ``std::wcmp.cpp``.
        answers: gives the expected outputs, which must be of the form that the checker wants.
    """
    if not name.startswith("std::"):
        return None
    checker, form, single = _STANDARD.get(name.removeprefix("std::").removesuffix(".cpp"), (None, None, False))
    if checker is None:
        return None
    for answer in answers():
        tokens = answer.split()
        if (single and len(tokens) != 1) or (form and not all(map(form.fullmatch, tokens))):
            return None
    return checker
