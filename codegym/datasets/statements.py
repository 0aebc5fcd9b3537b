"""What a statement in prose says of how its answers are to be judged, for data sets without checkers.

All of it is guesswork by the phrases that such statements use. It errs towards judging as the plain comparison would:
a phrase that is not known changes nothing.
"""

import re

from codegym.problem import Checker

SEVERAL_ANSWERS = "several-answers"
"""The tag of a problem whose statement allows several answers, while its data have one of them and no checker."""
_TOLERANCE = 1e-6
"""Where a statement names none; it counts for expected numbers with a fraction alone."""

_INTERACTIVE = re.compile(
    r"\binteractive (?:problem|task)\b|\binteractor\b|\bfflush\b|\bflush(?:ing)? (?:the |your )?(?:output|std|standard)"
    r"|^[#*\s]*interaction(?: protocol)?[*:\s]*$",
    re.IGNORECASE | re.MULTILINE,
)
_SEVERAL = re.compile(
    r"\b(?:multiple|several|many|more than one|different|various) (?:\w+ ){0,3}?(?:answer|solution|way|option|variant|"
    r"plan|pair|permutation|array|string|sequence|output|set|such|correct|possible|valid|optimal|shortest|of them)s?\b"
    r"[^.\n]{0,100}\b(?:any|either|arbitrary)\b"
    r"(?! (?:case|register))"
    r"|\b(?:print|output|return|find|choose|report|construct)\s+(?:\w+\s+){0,3}?(?:any|arbitrary)"
    r"(?:\s+(?:of|one|valid|correct|such|suitable|possible|solution|answer|optimal)\b|\s*[.,;)]|\s*$)"
    r"|\b(?:print|output)\b[^.\n]{0,80}\bany order\b"
    # A "yes" that has to be followed by its proof, of which there is seldom one alone.
    r"|\b(?:if|in case)\b[^.\n]{0,40}\byes\b[^.\n]{0,8}, (?:then )?(?:print|output)\b"
    r"|\byes\b[^.\n]{0,40}\bfirst line and\b",
    re.IGNORECASE | re.MULTILINE,
)
_ANY_ORDER = re.compile(r"\breturn\b[^.\n]{0,120}\bany order\b|\bin any order\b", re.IGNORECASE)
_ANY_CASE = re.compile(
    r"\bany (?:case|register)\b|\bcase[- ]insensitive|\bcase of (?:the |each )?letters?\b", re.IGNORECASE
)
_ERROR = re.compile(
    r"\b(?:error|precision|difference|differs?|accura\w+|tolerance|within)\b[^\n]{0,120}?"
    r"(?:10\s*\^?\s*\{?\s*[-\u2212\u2013]\s*\{?\s*(\d{1,2})|\b1e-0?(\d{1,2})\b|\b0\.(0{0,11}1)\b)",
    re.IGNORECASE,
)


def is_interactive(statement: str) -> bool:
    """Whether the program is to talk with a judge."""
    return bool(_INTERACTIVE.search(statement))


def has_several_answers(statement: str) -> bool:
    """Whether any of several answers will do."""
    return bool(_SEVERAL.search(statement))


def text_checker(statement: str) -> Checker:
    """How printed answers are compared: token by token, as white space matters in next to no such problem.

    Upper and lower case are one where the statement says so. Numbers with a fraction may differ by what the statement
    allows, or by 1e-6.
    """
    if _ANY_CASE.search(statement):
        return Checker("tokens_nocase")
    tolerance = stated_tolerance(statement) or _TOLERANCE
    return Checker("numbers", abs_tol=tolerance, rel_tol=tolerance)


def value_checker(statement: str) -> Checker:
    """How returned values are compared: as JSON, floats within 1e-5, as sites do; in any order where that will do."""
    tolerance = stated_tolerance(statement) or 1e-5
    return Checker(
        "value", abs_tol=tolerance, rel_tol=tolerance, unordered=bool(_ANY_ORDER.search(statement)), equality="json"
    )


def stated_tolerance(statement: str) -> float:
    """The error that the statement allows; 0 where it names none."""
    found = _ERROR.search(statement)
    if not found:
        return 0.0
    power, plain, decimal = found.groups()
    digits = len(decimal) if decimal else int(power or plain)
    return 10.0**-digits if 1 <= digits <= 12 else 0.0
