"""What requests and answers of the server's own endpoints look like."""

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from codegym.errors import UsageError
from codegym.problem import Limits
from codegym.sandbox.base import Execution, Input, Side, Status
from codegym.sandbox.http import MOST_INPUTS

Encoding = Literal["text", "base64"]


def _whole(text: str) -> str:
    """Text that every encoding can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("expected Unicode text, got half of a surrogate pair") from None
    return text


Text = Annotated[str, AfterValidator(_whole)]
Seconds = Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)]
Program = Annotated[str, Field(max_length=1 << 24)]


class Request(BaseModel):
    """A request; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid")


class LimitsModel(Request):
    """What one run may use; see ``codegym.Limits``."""

    cpu_s: Seconds = 10.0
    wall_s: Annotated[float, Field(gt=0, le=6000, allow_inf_nan=False)] | None = None
    memory_bytes: int = Field(default=1 << 30, ge=1 << 22, le=64 << 30)
    output_bytes: int = Field(default=16 << 20, ge=1, le=64 << 20)

    def limits(self) -> Limits:
        """As the sandbox takes them."""
        return Limits(self.cpu_s, self.wall_s, self.memory_bytes, self.output_bytes)


class InputModel(Request):
    """What one run finds; files are pairs of name and content."""

    stdin: str = ""
    arguments: list[Text] = []
    files: list[tuple[Text, str]] = []
    wanted: list[Text] = []

    def given(self, encoding: Encoding) -> Input:
        """As the sandbox takes it."""
        files = tuple((name, decoded(data, encoding)) for name, data in self.files)
        return Input(decoded(self.stdin, encoding), tuple(self.arguments), files, tuple(self.wanted))


class RunRequest(Request):
    """A program, and the inputs on which to run it.

    ``encoding`` says what the program, inputs and contents of files are: text, or base64 of bytes; the answer is alike.
    With ``until_failure`` the first run that fails by itself may be the last.
    """

    program: Program
    inputs: list[str | InputModel] = Field(max_length=MOST_INPUTS)
    language: str = "python"
    entry_point: Text | None = None
    limits: LimitsModel = LimitsModel()
    room: Literal["candidate", "judge"] = "candidate"
    files: list[tuple[Text, str]] = []
    until_failure: bool = False
    encoding: Encoding = "text"


class RunModel(BaseModel):
    """One run; see ``codegym.Execution``."""

    status: Status
    exit_code: int
    stdout: str
    stderr: str
    cpu_s: float
    wall_s: float
    memory_bytes: int
    result: str
    files: list[tuple[str, str]]


class RunAnswer(BaseModel):
    """The runs, in the order of the inputs; fewer after a failure, or where outputs are very large."""

    runs: list[RunModel]


class SideModel(Request):
    """One of two programs that talk; program, input and files are base64."""

    program: Program
    limits: LimitsModel = LimitsModel()
    language: str = "python"
    files: list[tuple[Text, str]] = []
    given: InputModel = InputModel()

    def side(self) -> Side:
        """As the sandbox takes it."""
        files = tuple((name, decoded(data, "base64")) for name, data in self.files)
        program = program_of(self.program, "base64")
        return Side(program, self.limits.limits(), self.language, files, self.given.given("base64"))


class TalkRequest(Request):
    """Two programs that are to talk."""

    program: SideModel
    interactor: SideModel
    accepts: int = Field(default=0, ge=0, le=255)


class TalkAnswer(BaseModel):
    """How they talked; see ``codegym.sandbox.base.Conversation``. What was said is base64."""

    program: RunModel
    interactor: RunModel
    unprompted: bool
    transcript: list[tuple[bool, str]]
    cut: bool


class TestModel(Request):
    """A test: texts for a program that reads and prints, JSON values for a function (its input a list of arguments)."""

    input: Any
    output: Any


class JudgeRequest(Request):
    """A program, and what to judge it by: a named problem of the server's, or tests.

    Only for given tests: ``kind``, ``checker``, ``abs_tol``, ``rel_tol``, ``entry_point`` and ``limits``; these tests
    count as public. Only for a named problem: ``split``.
    """

    program: Program
    language: str = "python"
    problem_id: Text | None = None
    tests: list[TestModel] | None = Field(default=None, min_length=1, max_length=MOST_INPUTS)
    split: Literal["public", "private", "both"] = "both"
    run_all: bool | None = None
    kind: Literal["stdin", "function"] = "stdin"
    checker: Literal["exact", "lines", "tokens", "tokens_nocase", "numbers", "unordered_lines", "unordered_tokens"] = (
        "lines"
    )
    abs_tol: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    rel_tol: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    entry_point: Text | None = None
    limits: LimitsModel = LimitsModel()


class ResultModel(BaseModel):
    """One test's result. Of a private test there is the verdict, and nothing else."""

    split: Literal["public", "private"]
    verdict: str
    stdout: str = ""
    stderr: str = ""
    reason: str = ""
    cpu_s: float | None = None
    wall_s: float | None = None
    memory_bytes: int | None = None


class JudgeAnswer(BaseModel):
    """A judgement: ``verdict`` is that of the first test that failed, else ``accepted``."""

    problem_id: str
    accepted: bool
    verdict: str
    passed: int
    total: int
    results: list[ResultModel]


class ErrorAnswer(BaseModel):
    """What went wrong: a word for programs, a sentence for persons."""

    error: str
    message: str


def decoded(data: str, encoding: Encoding) -> bytes:
    """The bytes of a text of a request.

    Raises:
        UsageError: it is not encoded as it should be.
    """
    try:
        return base64.b64decode(data, validate=True) if encoding == "base64" else data.encode()
    except UnicodeEncodeError:
        raise UsageError("expected Unicode text, got half of a surrogate pair") from None
    except (binascii.Error, ValueError) as error:
        raise UsageError(f"expected base64, got other text: {error}") from None


def encoded(data: bytes, encoding: Encoding) -> str:
    """Bytes as a text of an answer; what is no UTF-8 is replaced where text was wanted."""
    return base64.b64encode(data).decode() if encoding == "base64" else data.decode(errors="replace")


def program_of(text: str, encoding: Encoding) -> str:
    """The program of a request; what is no Unicode in it becomes halves of surrogate pairs, which do not compile."""
    if encoding == "text":
        return text
    return decoded(text, encoding).decode(errors="surrogatepass")


def run_model(run: Execution, encoding: Encoding) -> RunModel:
    """A run as an answer has it."""
    return RunModel(
        status=run.status,
        exit_code=run.exit_code,
        stdout=encoded(run.stdout, encoding),
        stderr=encoded(run.stderr, encoding),
        cpu_s=run.cpu_s,
        wall_s=run.wall_s,
        memory_bytes=run.memory_bytes,
        result=encoded(run.result, encoding),
        files=[(name, encoded(data, encoding)) for name, data in run.files],
    )
