"""Test code that cannot be turned into calls and expected values, run apart from the candidate.

The code runs in the judge's box with a stand-in for the candidate's function. It is run again and again: a call whose
answer is not known ends the run (or is guessed past, to find the calls that follow); the candidate makes all calls so
far, in order and in one process, in a box of its own; and the code is run with the answers. Both directions carry
plain data, so the candidate meets nothing of the code but the arguments, and cannot say more than values.

Costs: usually two runs of the code and one of the candidate; one more of each for every call whose arguments depend on
an earlier answer. ``random`` is seeded, and the interpreter's hashes are, so that the code asks the same each time.

Not covered: code that gives the candidate functions, generators or objects of its own, which is a
:class:`~codegym.errors.ProblemError`, and code that looks into the candidate's module.
"""

from functools import cache
from typing import Any, Literal

from codegym import values
from codegym.errors import ProblemError
from codegym.functions.calls import Call, Calls, Harness
from codegym.functions.orders import Ordering, Outcome, outcomes
from codegym.locations import sandbox_folder
from codegym.problem import Limits, Problem, TestCase
from codegym.sandbox.base import Execution, Sandbox
from codegym.verdict import UNREADABLE, TestResult, Verdict

MOST_ROUNDS = 100
"""Runs of the code; more than so many calls that depend on each other is taken for a loop without end."""
MOST_CALLS = 20_000
_CODE_LIMITS = Limits(cpu_s=20.0, memory_bytes=1 << 30, output_bytes=64 << 20)
_TOO_MUCH = "the test code could not bear what the function returned"


def run_harness(
    program: str, problem: Problem, test: TestCase, split: Literal["public", "private"], sandbox: Sandbox
) -> TestResult:
    """Judge a program by a test that is a :class:`~codegym.functions.calls.Harness`.

    Raises:
        ProblemError: the code fails by itself, or wants what the stand-in cannot give.
        SandboxError: it could not be run.
    """
    return _Replay(program, problem, test, split, sandbox).result()


class _Replay:
    def __init__(
        self, program: str, problem: Problem, test: TestCase, split: Literal["public", "private"], sandbox: Sandbox
    ) -> None:
        self._program, self._problem, self._test, self._split = program, problem, test, split
        self._sandbox = sandbox
        self._calls: list[Call] = []
        self._came: list[Outcome] = []
        self._run: Execution = Execution("ok", 0)

    def result(self) -> TestResult:
        for _ in range(MOST_ROUNDS):
            kind, detail, used = self._round()
            if kind == "ask":
                self._calls = self._calls[:used] + [_call(*asked) for asked in detail]
                if len(self._calls) > MOST_CALLS:
                    break
                if stopped := self._ask_candidate():
                    return stopped
            elif kind == "passed":
                return self._tested(Verdict.ACCEPTED)
            elif kind == "raised":
                return self._tested(Verdict.RUNTIME_ERROR, f"it raised {detail}")
            elif kind == "failed" and self._came:
                # What failed is a line of the code, with an expected value in it.
                detail = str(detail) if self._split == "public" else "the test code failed"
                return self._tested(Verdict.WRONG_ANSWER, detail)
            else:
                raise self._complaint("test code that calls the function with plain data", f"{kind}: {detail}")
        return self._tested(Verdict.TIME_LIMIT_EXCEEDED, "the test code did not come to an end with these answers")

    def _round(self) -> tuple[str, Any, int]:
        """One run of the code with what is known."""
        harness: Harness = self._test.input
        table = [
            [list(call.arguments), dict(call.keywords), _said(came), {at: one.value for at, one in came.left.items()}]
            for call, came in zip(self._calls, self._came, strict=True)
        ]
        names = [harness.name, self._problem.entry_point]
        given = values.dumps([harness.source, names, table])
        (run,) = self._sandbox.execute(_driver(), [given], _CODE_LIMITS, entry_point="run", room="judge")
        if run.status != "ok" or not run.result:
            if self._came:
                return "failed", _TOO_MUCH, 0
            last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
            raise self._complaint("test code that ends within the limits", f"{run.status} {last}".rstrip())
        kind, detail, used = values.loads(run.result)
        return kind, detail, used

    def _ask_candidate(self) -> TestResult | None:
        """Let the candidate make all calls; the verdict where it did not come through them."""
        order = Ordering(loose=True, listed=True, after=tuple(range(max(len(call.arguments) for call in self._calls))))
        given = order.encode(Calls(tuple(self._calls)))
        entry = self._problem.entry_point
        (run,) = self._sandbox.execute(self._program, [given], self._problem.limits, entry_point=entry)
        self._run = run
        if run.status != "ok":
            return self._tested(Verdict(run.status))
        if not run.result:
            return self._tested(Verdict.RUNTIME_ERROR, f"the program ended before {entry} returned")
        try:
            self._came = outcomes(run.result, len(self._calls))
        except ValueError:
            return self._tested(Verdict.WRONG_ANSWER, UNREADABLE)
        return None

    def _tested(self, verdict: Verdict, reason: str = "") -> TestResult:
        run = self._run
        return TestResult(
            verdict=verdict,
            split=self._split,
            test=self._test,
            stdout=run.stdout.decode(errors="replace"),
            stderr=run.stderr.decode(errors="replace"),
            reason=reason,
            cpu_s=run.cpu_s,
            wall_s=run.wall_s,
            memory_bytes=run.memory_bytes,
        )

    def _complaint(self, expected: str, got: str) -> ProblemError:
        where = self._problem.source or self._problem.id
        return ProblemError(f"{where}: {self._split} test: expected {expected}, got {got}")


def _call(arguments: list[Any], keywords: dict[str, Any]) -> Call:
    return Call(tuple(arguments), keywords=tuple(keywords.items()))


def _said(came: Outcome) -> list[Any]:
    if came.kind == "raised":
        return ["raised", list(came.names), came.message]
    return ["object", came.truth, came.names[0]] if came.kind == "object" else [came.kind, came.value]


@cache
def _driver() -> str:
    return (sandbox_folder() / "replay.py").read_text(encoding="utf-8")
