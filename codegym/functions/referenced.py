"""Private tests of which the data hold the inputs alone: their outputs are what the problem's reference gives.

The reference is a program from strangers, so it runs in a sandbox (in the judge's box), when the tests are first
needed. What it gave is kept by content in the cache folder.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from codegym import values
from codegym.errors import ProblemError
from codegym.functions.orders import Ordering, Outcome, outcomes
from codegym.generated import LazyTests, read_cache, write_cache
from codegym.problem import Limits, TestCase
from codegym.sandbox.base import Sandbox

_FORMAT = 1
Expect = Callable[[tuple[Any, ...], Outcome], Any]
"""What is expected of a call with these arguments, for which the reference's outcome is this one."""


class ReferenceTests(LazyTests):
    """Given tests, followed by those that the reference answers.

    Args:
        given: tests with their outputs.
        inputs: the arguments of the others.
        reference: the program that answers them.
        limits: of the reference.
        entry_point: its function.
        expect: what is expected, given arguments and an outcome; called on the host, on plain data. Its ``repr`` is
            part of what the tests are known by.
        where: the problem, for messages.
    """

    def __init__(
        self,
        given: tuple[TestCase, ...],
        inputs: Sequence[tuple[Any, ...]],
        reference: str,
        limits: Limits,
        *,
        entry_point: str,
        expect: Expect,
        where: str,
    ) -> None:
        self.given = given
        self._inputs = tuple(inputs)
        self._reference, self._limits, self._entry_point = reference, limits, entry_point
        self._expect, self._where = expect, where
        self._made: tuple[TestCase, ...] | None = None

    def __len__(self) -> int:
        """Number of tests, made or not."""
        return len(self.given) + len(self._inputs)

    def __repr__(self) -> str:
        """Numbers only: the tests are private."""
        return f"<{len(self.given)} given tests and {len(self._inputs)} for the reference>"

    def content_hash(self) -> str:
        """Hexadecimal digits that change with anything that the reference's answers depend on."""
        parts = (_FORMAT, self._reference, self._entry_point, values.show(self._inputs), self._expect)
        return hashlib.sha256(repr(parts).encode(errors="backslashreplace")).hexdigest()

    def complete(self, sandbox: Callable[[], Sandbox]) -> tuple[TestCase, ...]:
        """All tests; see :class:`~codegym.generated.LazyTests`."""
        if self._made is None:
            key = self.content_hash()
            try:
                answers = [self._outcome(answer.encode(), n) for n, (_, answer) in enumerate(self._kept(key))]
            except (OSError, ValueError, TypeError, RecursionError):  # not there, or spoilt
                maker = sandbox()
                raw = self._answer(maker)
                answers = [self._outcome(data, number) for number, data in enumerate(raw)]
                write_cache(key, [("", data.decode()) for data in raw], maker)
            self._made = tuple(
                TestCase(given, self._expect(given, answer))
                for given, answer in zip(self._inputs, answers, strict=True)
            )
        return self.given + self._made

    def _kept(self, key: str) -> list[tuple[str, str]]:
        return read_cache(key, len(self._inputs))

    def _answer(self, sandbox: Sandbox) -> list[bytes]:
        order = Ordering(loose=True, listed=True)
        runs = sandbox.execute(
            self._reference,
            [order.encode(given) for given in self._inputs],
            self._limits,
            entry_point=self._entry_point,
            room="judge",
        )
        for number, run in enumerate(runs):
            if run.status != "ok" or not run.result:
                last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
                raise self._complaint(number, f"{run.status} {last}".rstrip())
        return [run.result for run in runs]

    def _outcome(self, data: bytes, number: int) -> Outcome:
        (outcome,) = outcomes(data, 1)
        if outcome.kind == "raised":
            raise self._complaint(number, ": ".join(filter(None, [*outcome.names[:1], outcome.message]))[:200])
        return outcome

    def _complaint(self, number: int, got: str) -> ProblemError:
        return ProblemError(f"{self._where}: reference on private test {number}: expected a result, got {got}")
