"""Private tests that a problem's own seeded generator makes, with its reference program for the outputs.

Both are programs from strangers, so both run in a sandbox (in the judge's box). What they made is kept by
content: in memory, and in the cache folder, so that each test is made once on a machine.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from codegym import values
from codegym.errors import ProblemError
from codegym.locations import cache_folder
from codegym.problem import Limits, TestCase
from codegym.sandbox.base import Execution, Sandbox
from codegym.signature import converter

_FORMAT = 1
_GENERATOR_LIMITS = Limits(cpu_s=10.0, memory_bytes=1 << 29)


@dataclass(frozen=True, slots=True)
class Generator:
    """A program that prints test inputs.

    Attributes:
        seed: the first number on its standard input.
        count: how many inputs to make; the second number is 0 to ``count - 1``.
        source: its text.
    """

    seed: int
    count: int
    source: str


class LazyTests(Sequence[TestCase]):
    """Tests of which some are made when they are first needed, in a sandbox.

    Attributes:
        given: those that are there from the start, and come first.
    """

    given: tuple[TestCase, ...]

    def complete(self, sandbox: Callable[[], Sandbox]) -> tuple[TestCase, ...]:
        """All tests; those that are not in the cache are made in what ``sandbox`` gives.

        Raises:
            ProblemError: what makes them does not do its work.
            SandboxError: it could not be run.
        """
        raise NotImplementedError

    def content_hash(self) -> str:
        """Hexadecimal digits that change with anything that the tests to be made depend on."""
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> TestCase: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[TestCase, ...]: ...
    def __getitem__(self, index: int | slice) -> TestCase | tuple[TestCase, ...]:
        """One test, or some; makes them in an ``auto`` sandbox if need be."""
        return self._all()[index]

    def __iter__(self) -> Iterator[TestCase]:
        """All tests in order; makes them in an ``auto`` sandbox if need be."""
        return iter(self._all())

    def _all(self) -> tuple[TestCase, ...]:
        from codegym.sandbox import make_sandbox

        with contextlib.ExitStack() as stack:
            return self.complete(lambda: stack.enter_context(make_sandbox("auto", workers=1)))


class PrivateTests(LazyTests):
    """Given tests followed by generated ones, which are made when they are first needed.

    Args:
        given: tests that stand in the problem.
        generator: makes the further inputs.
        reference: makes their outputs.
        limits: of the reference.
        entry_point: the function wanted, for a function problem.
        types: types of its arguments, for a function problem.
        returns: the type of what it returns.
        where: the problem, for messages.
    """

    def __init__(
        self,
        given: tuple[TestCase, ...],
        generator: Generator,
        reference: str,
        limits: Limits,
        *,
        entry_point: str | None,
        types: tuple[str, ...],
        returns: str,
        where: str,
    ) -> None:
        self.given = given
        self._generator = generator
        self._reference = reference
        self._limits = limits
        self._entry_point = entry_point
        self._types = types
        self._returns = returns
        self._where = where
        self._generated: tuple[TestCase, ...] | None = None

    def complete(self, sandbox: Callable[[], Sandbox]) -> tuple[TestCase, ...]:
        """All tests; those that are not in the cache are made in what ``sandbox`` gives.

        Raises:
            ProblemError: the generator or the reference program does not do its work.
            SandboxError: they could not be run.
        """
        if self._generated is None:
            key = self.content_hash()
            try:
                self._generated = tuple(self._test(*pair) for pair in read_cache(key, self._generator.count))
            except (OSError, ValueError, TypeError, RecursionError):  # not there, or spoilt
                maker = sandbox()
                pairs = self._make(maker)
                write_cache(key, pairs, maker)
                self._generated = tuple(self._test(*pair) for pair in pairs)
        return self.given + self._generated

    def __len__(self) -> int:
        """Number of tests, made or not."""
        return len(self.given) + self._generator.count

    def __repr__(self) -> str:
        """Numbers only: the tests are private."""
        return f"<{len(self.given)} given and {self._generator.count} generated tests>"

    def _make(self, sandbox: Sandbox) -> list[tuple[str, str]]:
        """The input and output of each test as text (what the programs printed; encoded values for functions)."""
        orders = [f"{self._generator.seed} {index}\n".encode() for index in range(self._generator.count)]
        made = sandbox.execute(self._generator.source, orders, _GENERATOR_LIMITS, room="judge")
        raw = [self._text(run, "generator", index) for index, run in enumerate(made)]
        if not self._entry_point:
            answers = sandbox.execute(self._reference, [text.encode() for text in raw], self._limits, room="judge")
            return [
                (text, self._text(run, "reference", n)) for n, (text, run) in enumerate(zip(raw, answers, strict=True))
            ]
        calls = [values.dumps(self._arguments(text, index)) for index, text in enumerate(raw)]
        answers = sandbox.execute(self._reference, calls, self._limits, entry_point=self._entry_point, room="judge")
        return [
            (call.decode(), self._returned(run, n)) for n, (call, run) in enumerate(zip(calls, answers, strict=True))
        ]

    def _text(self, run: Execution, who: str, index: int) -> str:
        self._demand_success(run, who, index)
        try:
            return run.stdout.decode()
        except UnicodeDecodeError:
            raise ProblemError(
                f"{self._where}: {who} on generated test {index}: expected UTF-8 text, got other bytes"
            ) from None

    def _returned(self, run: Execution, index: int) -> str:
        self._demand_success(run, "reference", index)
        try:
            converter(self._returns or "any")(values.loads(run.result))
        except ValueError as error:
            raise ProblemError(f"{self._where}: reference on generated test {index}: its result: {error}") from None
        return run.result.decode()

    def _demand_success(self, run: Execution, who: str, index: int) -> None:
        if run.status != "ok":
            last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise ProblemError(
                f"{self._where}: {who} on generated test {index}: "
                f"expected exit status 0 within the limits, got {run.status} {last[:200]}".rstrip()
            )

    def _arguments(self, text: str, index: int) -> list[Any]:
        try:
            try:
                data = json.loads(text)
            except (ValueError, RecursionError):
                data = None
            if not isinstance(data, list) or len(data) != len(self._types):
                raise ValueError(f"expected a JSON array of {len(self._types)} arguments, got {text.strip()[:60]!r}")
            return [converter(kind)(item) for kind, item in zip(self._types, data, strict=True)]
        except ValueError as error:
            raise ProblemError(f"{self._where}: generator on generated test {index}: {error}") from None

    def _test(self, given: str, wanted: str) -> TestCase:
        if not self._entry_point:
            return TestCase(given, wanted)
        return TestCase(
            tuple(values.loads(given.encode())), converter(self._returns or "any")(values.loads(wanted.encode()))
        )

    def content_hash(self) -> str:
        """Hexadecimal digits that change with anything that the generated tests depend on."""
        parts = (_FORMAT, self._generator.seed, self._generator.count, self._generator.source, self._reference)
        rest = (self._entry_point, self._types, self._returns)
        return hashlib.sha256(repr(parts + rest).encode(errors="backslashreplace")).hexdigest()


def private_tests(tests: Sequence[TestCase], sandbox: Sandbox) -> Sequence[TestCase]:
    """The tests, made in ``sandbox`` where they are yet to be made."""
    return tests.complete(lambda: sandbox) if isinstance(tests, LazyTests) else tests


def _cache_file(key: str) -> str:
    return os.path.join(cache_folder(), "tests", f"{key}.json")


def read_cache(key: str, count: int) -> list[tuple[str, str]]:
    """The pairs of texts that :func:`write_cache` kept.

    Raises:
        OSError: there are none.
        ValueError: what is there is something else.
    """
    with open(_cache_file(key), encoding="utf-8") as file:
        pairs = [(given, wanted) for given, wanted in json.load(file)]
    if len(pairs) != count or not all(isinstance(text, str) for pair in pairs for text in pair):
        raise ValueError("expected as many pairs of texts as the generator makes")
    return pairs


def write_cache(key: str, pairs: list[tuple[str, str]], maker: Sandbox) -> None:
    """Keep the tests that ``maker`` made; a machine where that cannot be done makes them anew each time.

    A scripted sandbox runs nothing, so what it says is of no use to others.
    """
    if maker.kind == "scripted":
        return
    path = _cache_file(key)
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=os.path.dirname(path))
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(pairs, file)
            os.replace(draft, path)
        except BaseException:
            os.unlink(draft)
            raise
