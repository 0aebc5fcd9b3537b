"""Endpoints in the shape of SandboxFusion's public API, for trainers that take the address of such a server.

The names of fields and statuses are that API's. Time-outs are by the clock, as there. What it promises and this
does not: its other languages, and notebooks.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from pydantic import BaseModel, Field

from codegym.errors import SandboxError, UsageError
from codegym.judge import judge
from codegym.languages import LANGUAGES, find_language
from codegym.problem import Checker, Limits, Problem, TestCase
from codegym.sandbox.base import Execution, Input
from codegym.server.models import Program, Text, decoded, encoded
from codegym.server.service import ERRORS, Service, closed_lips, language_for, prompt_of
from codegym.verdict import Judgement, TestResult, Verdict
from codegym.wrappers import extract_program

Seconds = Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)]


class CommandRunResult(BaseModel):
    """How one command ended."""

    status: Literal["Finished", "Error", "TimeLimitExceeded"]
    execution_time: float | None = None
    return_code: int | None = None
    stdout: str | None = None
    stderr: str | None = None


class RunCodeRequest(BaseModel):
    """A program to run once; files are base64 by path; a memory limit of -1 means the server's own."""

    code: Program
    language: str
    stdin: str | None = None
    compile_timeout: Seconds = 10.0
    run_timeout: Seconds = 10.0
    memory_limit_MB: int = Field(default=-1, le=1 << 16)
    files: dict[Text, str | None] = {}
    fetch_files: list[Text] = []
    args: list[Text] = []


class RunCodeResponse(BaseModel):
    """What came of it."""

    status: Literal["Success", "Failed", "SandboxError"]
    message: str = ""
    compile_result: CommandRunResult | None = None
    run_result: CommandRunResult | None = None
    executor_pod_name: str | None = None
    files: dict[str, str] = {}


class TestConfig(BaseModel):
    """How a completion is judged; what is unknown here is ignored."""

    language: str | None = None
    run_timeout: Seconds | None = None
    provided_data: dict[str, Any] | None = None


class SubmitRequest(BaseModel):
    """A completion for a problem of the server's, or for the tests in ``config.provided_data``."""

    dataset: Text
    id: int | Text
    completion: Program
    config: TestConfig = TestConfig()


class EvalTestCase(BaseModel):
    """One test; of a private one no more than whether it was passed and the verdict."""

    passed: bool
    exec_info: RunCodeResponse
    test_info: dict[str, Any] | None = None


class EvalResult(BaseModel):
    """What a submission came to."""

    id: int | str
    accepted: bool
    extracted_code: str
    full_code: str | None = None
    test_code: str | None = None
    tests: list[EvalTestCase]
    extracted_type: Literal["fenced", "incomplete_fenced", "heuristic", "empty"] | None = None
    extra: dict[str, Any] | None = None


class PromptsRequest(BaseModel):
    """Which prompts are wanted."""

    dataset: Text
    config: TestConfig = TestConfig()
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=1_000_000, ge=0)


class PromptRequest(BaseModel):
    """Which prompt is wanted."""

    dataset: Text
    config: TestConfig = TestConfig()
    id: int | Text


class Prompt(BaseModel):
    """A problem as its agent sees it."""

    id: int | str
    prompt: str
    labels: dict[str, Any] = {}


def fusion_routes(service: Service) -> APIRouter:
    """``/run_code``, ``/submit``, ``/get_prompts``, ``/get_prompt_by_id``, ``/list_datasets`` and ``/v1/ping``."""
    router = APIRouter(responses=ERRORS, tags=["SandboxFusion"])

    @router.post("/run_code")
    async def run_code(request: HttpRequest, asked: RunCodeRequest) -> RunCodeResponse:
        """Run a program."""
        if asked.language not in LANGUAGES:
            words = f"expected language {', '.join(LANGUAGES)}, got {asked.language[:40]!r}"
            return RunCodeResponse(status="SandboxError", message=printable(words))
        try:
            (run,) = service.metrics.ran(await service.gate.run(request, _run, service, asked))
        except SandboxError as error:
            return RunCodeResponse(status="SandboxError", message=str(error))
        return run_code_answer(run, compiled=find_language(asked.language).compiled)

    @router.post("/submit")
    async def submit(request: HttpRequest, asked: SubmitRequest) -> EvalResult:
        """Judge the program in a completion on public and private tests."""
        problem = _problem(service, asked)
        language = language_for(problem, asked.config.language)
        program = extract_program(asked.completion, marks=language.marks)

        def work() -> Judgement:
            with closed_lips():
                return judge(program or "", problem, sandbox=service.sandbox, split="both", language=language.name)

        judgement = service.metrics.judged(await service.gate.run(request, work))
        return EvalResult(
            id=asked.id,
            accepted=judgement.accepted,
            extracted_code=printable(program or ""),
            tests=[_test(result) for result in judgement.results if result.verdict is not Verdict.SKIPPED],
            extracted_type="empty" if program is None else "fenced",
        )

    @router.post("/get_prompts")
    async def get_prompts(asked: PromptsRequest) -> list[Prompt]:
        """The problems' prompts."""
        _check_dataset(service, asked.dataset)
        some = service.problems[asked.offset : asked.offset + asked.limit]
        return [Prompt(id=problem.id, prompt=prompt_of(problem, asked.config.language)) for problem in some]

    @router.post("/get_prompt_by_id")
    async def get_prompt_by_id(asked: PromptRequest) -> Prompt:
        """One problem's prompt."""
        _check_dataset(service, asked.dataset)
        problem = service.problems[str(asked.id)]
        return Prompt(id=asked.id, prompt=prompt_of(problem, asked.config.language))

    @router.get("/list_datasets")
    async def list_datasets() -> list[str]:
        """The name of the server's problem set."""
        return [service.problems.name]

    @router.get("/v1/ping")
    async def ping() -> str:
        """Whether the server answers."""
        return "pong"

    return router


def _run(service: Service, asked: RunCodeRequest) -> list[Execution]:
    files = with_folders([(path, decoded(data or "", "base64")) for path, data in asked.files.items()])
    memory = asked.memory_limit_MB << 20 if asked.memory_limit_MB > 0 else Limits().memory_bytes
    given = Input(decoded(asked.stdin or "", "text"), tuple(asked.args), files, tuple(asked.fetch_files))
    plain = not (files or given.arguments or given.wanted)
    return service.sandbox.execute(
        asked.code,
        [given.stdin if plain else given],
        Limits(asked.run_timeout, asked.run_timeout, max(memory, 1 << 22)),
        language=asked.language,
        files=files if find_language(asked.language).compiled else (),
    )


def with_folders(files: list[tuple[str, bytes]]) -> tuple[tuple[str, bytes], ...]:
    """Files by path, with each folder that a path names before what lies in it."""
    folders: dict[str, None] = {}
    for path, _ in files:
        parts = path.split("/")[:-1]
        folders |= dict.fromkeys("/".join(parts[: depth + 1]) + "/" for depth in range(len(parts)))
    return (*((folder, b"") for folder in folders), *files)


def run_code_answer(run: Execution, *, compiled: bool) -> RunCodeResponse:
    """A run in that API's words."""
    stdout, stderr = encoded(run.stdout, "text"), encoded(run.stderr, "text")
    if run.status == "compile_error" and compiled:
        complaint = CommandRunResult(
            status="Finished", execution_time=run.wall_s, return_code=run.exit_code or 1, stdout=stdout, stderr=stderr
        )
        return RunCodeResponse(status="Failed", compile_result=complaint)
    if run.status == "output_limit_exceeded":
        stderr += "\n(the output was cut at the server's limit)"
    late = run.status == "time_limit_exceeded"
    ended = CommandRunResult(
        status="TimeLimitExceeded" if late else "Finished",
        execution_time=run.wall_s,
        return_code=None if late else 0 if run.status == "ok" else run.exit_code or 1,
        stdout=stdout,
        stderr=stderr,
    )
    return RunCodeResponse(
        status="Success" if run.status == "ok" else "Failed",
        compile_result=CommandRunResult(status="Finished", return_code=0, stdout="", stderr="") if compiled else None,
        run_result=ended,
        files={name: encoded(data, "base64") for name, data in run.files},
    )


def _check_dataset(service: Service, dataset: str) -> None:
    if dataset != service.problems.name:
        raise UsageError(f"expected dataset {service.problems.name!r}, got {dataset[:80]!r}")


def _problem(service: Service, asked: SubmitRequest) -> Problem:
    data = asked.config.provided_data
    if data is None:
        _check_dataset(service, asked.dataset)
        return service.problems[str(asked.id)]
    tests = data.get("test")
    if not isinstance(tests, list) or not tests:
        raise UsageError("expected provided_data with a list test of {input: {stdin}, output: {stdout}}, got none")
    limits = Limits(asked.config.run_timeout or 10.0, asked.config.run_timeout)
    cases = tuple(TestCase(_stream(test, "input", "stdin"), _stream(test, "output", "stdout")) for test in tests)
    return Problem("provided", "provided tests", "", "stdin", cases, (), limits=limits, checker=Checker("lines"))


def _stream(test: object, side: str, name: str) -> str:
    streams = test.get(side) if isinstance(test, dict) else None
    text = streams.get(name) if isinstance(streams, dict) else None
    if not isinstance(text, str):
        raise UsageError(f"expected a text {side}.{name} of each provided test, got none")
    decoded(text, "text")
    return text


def _test(result: TestResult) -> EvalTestCase:
    passed = result.verdict is Verdict.ACCEPTED
    info = RunCodeResponse(status="Success" if passed else "Failed", message=str(result.verdict))
    if result.split == "private":
        return EvalTestCase(passed=passed, exec_info=info)
    late = result.verdict is Verdict.TIME_LIMIT_EXCEEDED
    ran_well = passed or result.verdict is Verdict.WRONG_ANSWER
    info.run_result = CommandRunResult(
        status="TimeLimitExceeded" if late else "Finished",
        execution_time=result.wall_s,
        return_code=None if late else int(not ran_well),
        stdout=result.stdout,
        stderr=result.stderr,
    )
    case = {"input": {"stdin": result.test.input}, "output": {"stdout": result.test.output}}
    return EvalTestCase(passed=passed, exec_info=info, test_info=case if isinstance(result.test.input, str) else None)


def printable(text: str) -> str:
    """Text that an answer can carry."""
    return text.encode(errors="replace").decode()
