"""What makes two statements, two tests or two outputs the same."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence

from codegym.judge import encode_input
from codegym.problem import Problem, TestCase
from codegym.values import show

_NOT_WORDS = re.compile(r"[\W_]+")


def statement_key(statement: str) -> str:
    """The same for statements that differ in case, form of characters, white space and punctuation alone.

    Empty where nothing is left to tell statements apart by.
    """
    words = _NOT_WORDS.sub(" ", unicodedata.normalize("NFKC", statement).casefold()).strip()
    return _digest(words.encode("utf-8", "surrogatepass")) if words else ""


def key_of_tests(problem: Problem, tests: Sequence[TestCase]) -> str:
    """The same for the same tests in any order and however divided into public and private; empty for no tests."""
    keys = sorted(input_key(problem, test) + output_key(test.output) for test in tests)
    return _digest(b"".join(keys)) if keys else ""


def input_key(problem: Problem, test: TestCase) -> bytes:
    """The same for inputs that differ in white space alone."""
    parts = [b" ".join(encode_input(problem, test).split()), repr(test.files).encode("utf-8", "backslashreplace")]
    return hashlib.sha256(b"\0".join(parts)).digest()


def output_key(output: object) -> bytes:
    """The same for texts that differ in white space alone, and for values of the same type and value."""
    text = " ".join(output.split()) if isinstance(output, str) else show(output)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def repeated_inputs(problem: Problem, tests: Sequence[TestCase]) -> Iterator[tuple[int, int]]:
    """Numbers of each test whose input an earlier one has, and of the first one that has it: (earlier, later)."""
    seen: dict[bytes, int] = {}
    for number, test in enumerate(tests):
        first = seen.setdefault(input_key(problem, test), number)
        if first != number:
            yield first, number


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:24]
