"""Endpoints that run and judge programs."""

import base64
from functools import cache

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from pydantic import BaseModel

from codegym.datasets import ProblemSet
from codegym.errors import UsageError
from codegym.judge import judge
from codegym.problem import Checker, Problem, TestCase
from codegym.sandbox.base import Execution, Stop
from codegym.sandbox.remote import failed
from codegym.server.models import (
    JudgeAnswer,
    JudgeRequest,
    ResultModel,
    RunAnswer,
    RunRequest,
    TalkAnswer,
    TalkRequest,
    decoded,
    program_of,
    run_model,
)
from codegym.server.service import ERRORS, Service, closed_lips
from codegym.verdict import Judgement, TestResult

_ANSWER_BYTES = 32 << 20
"""Outputs of one request; after so many it ends."""


class SandboxAnswer(BaseModel):
    """What programs run in here."""

    kind: str
    workers: int
    languages: list[str]
    protections: dict[str, str]


def judging_routes(service: Service) -> APIRouter:
    """``/v1/judge``, ``/v1/run``, ``/v1/converse`` and ``/v1/sandbox``."""
    router = APIRouter(prefix="/v1", responses=ERRORS, tags=["judging"])
    sandbox = service.sandbox
    languages = cache(sandbox.languages)

    @router.post("/judge")
    async def judge_program(request: HttpRequest, asked: JudgeRequest) -> JudgeAnswer:
        """Judge a program against a named problem or against given tests."""
        problem = asked_problem(asked, service.problems)

        def work() -> Judgement:
            split = "public" if asked.tests else asked.split
            with closed_lips():
                return judge(
                    asked.program,
                    problem,
                    sandbox=sandbox,
                    split=split,
                    language=asked.language,
                    run_all=asked.run_all,
                )

        return judge_answer(service.metrics.judged(await service.gate.run(request, work)))

    @router.post("/run")
    async def run_program(request: HttpRequest, asked: RunRequest) -> RunAnswer:
        """Run a program on each of some inputs."""
        inputs = [
            decoded(given, asked.encoding) if isinstance(given, str) else given.given(asked.encoding)
            for given in asked.inputs
        ]
        files = tuple((name, decoded(data, asked.encoding)) for name, data in asked.files)
        program = program_of(asked.program, asked.encoding)

        def work() -> list[Execution]:
            return sandbox.execute(
                program,
                inputs,
                asked.limits.limits(),
                entry_point=asked.entry_point,
                stop=_bounded(asked.until_failure),
                room=asked.room,
                language=asked.language,
                files=files,
            )

        runs = service.metrics.ran(await service.gate.run(request, work))
        return RunAnswer(runs=[run_model(run, asked.encoding) for run in runs])

    @router.post("/converse")
    async def converse(request: HttpRequest, asked: TalkRequest) -> TalkAnswer:
        """Have two programs talk with each other."""
        sides = asked.program.side(), asked.interactor.side()
        said = await service.gate.run(request, sandbox.converse, *sides, accepts=asked.accepts)
        return TalkAnswer(
            program=run_model(said.program, "base64"),
            interactor=run_model(said.interactor, "base64"),
            unprompted=said.unprompted,
            transcript=[(by, base64.b64encode(words).decode()) for by, words in said.transcript],
            cut=said.cut,
        )

    @router.get("/sandbox")
    async def describe_sandbox(request: HttpRequest) -> SandboxAnswer:
        """Where programs run: kind, workers, languages and protections."""
        return SandboxAnswer(
            kind=sandbox.kind,
            workers=int(getattr(sandbox, "workers", 1)),
            languages=list(await service.gate.run(request, languages)),
            protections=dict(await service.gate.run(request, sandbox.protections)),
        )

    return router


def _bounded(until_failure: bool) -> Stop:
    """Ends a request whose outputs are more than an answer should hold, and one that failed if that was wanted."""
    left = _ANSWER_BYTES

    def stop(run: Execution) -> bool:
        nonlocal left
        left -= len(run.stdout) + len(run.stderr) + len(run.result) + sum(len(data) for _, data in run.files)
        return left <= 0 or (until_failure and failed(run))

    return stop


def asked_problem(asked: JudgeRequest, problems: ProblemSet) -> Problem:
    """The named problem, or one made of the given tests.

    Raises:
        UsageError: there are both or neither, or the tests are not what they must be.
        ProblemError: no problem has this id.
    """
    if (asked.problem_id is None) == (asked.tests is None):
        raise UsageError("expected either problem_id or tests, got both or neither")
    if asked.problem_id is not None:
        return problems[asked.problem_id]
    function = asked.kind == "function"
    if function != (asked.entry_point is not None):
        raise UsageError("expected entry_point for tests of kind function, and for no others")
    checker = Checker("value", asked.abs_tol, asked.rel_tol, equality="json") if function else None
    return Problem(
        id="given",
        title="given tests",
        statement="",
        kind=asked.kind,
        public_tests=tuple(_test(test.input, test.output, function) for test in asked.tests or ()),
        private_tests=(),
        limits=asked.limits.limits(),
        checker=checker or Checker(asked.checker, asked.abs_tol, asked.rel_tol),
        entry_point=asked.entry_point,
    )


def _test(given: object, expected: object, function: bool) -> TestCase:
    if function:
        if not isinstance(given, list):
            raise UsageError(f"expected a list of arguments as a function's input, got {type(given).__name__}")
        return TestCase(tuple(given), expected)
    if not isinstance(given, str) or not isinstance(expected, str):
        raise UsageError("expected texts as input and output of a test, got something else")
    for text in (given, expected):
        decoded(text, "text")
    return TestCase(given, expected)


def judge_answer(judgement: Judgement) -> JudgeAnswer:
    """A judgement as an answer has it: of private tests the verdicts alone, for a program can say all in an output."""
    return JudgeAnswer(
        problem_id=judgement.problem_id,
        accepted=judgement.accepted,
        verdict=str(judgement.verdict),
        passed=judgement.passed,
        total=len(judgement.results),
        results=[_result(result) for result in judgement.results],
    )


def _result(result: TestResult) -> ResultModel:
    if result.split == "private":
        return ResultModel(split="private", verdict=str(result.verdict))
    return ResultModel(
        split="public",
        verdict=str(result.verdict),
        stdout=result.stdout,
        stderr=result.stderr,
        reason=result.reason,
        cpu_s=result.cpu_s,
        wall_s=result.wall_s,
        memory_bytes=result.memory_bytes,
    )
