"""What the endpoints share: the sandbox, the problems, the way to both, and the figures."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

from codegym.datasets import ProblemSet
from codegym.errors import CodegymError, ProblemError, SandboxError, UsageError
from codegym.feedback import describe
from codegym.languages import Language, find_language
from codegym.problem import Problem
from codegym.process import templates_in, visible_in
from codegym.sandbox.base import Sandbox
from codegym.server.gate import Gate
from codegym.server.metrics import Metrics
from codegym.server.models import ErrorAnswer
from codegym.server.settings import ServerSettings

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer, "description": words}
    for status, words in (
        (400, "the body is no JSON"),
        (401, "the token is missing or wrong"),
        (403, "a page in a browser asks a server without a token"),
        (404, "there is no such problem or episode"),
        (408, "the request came too slowly"),
        (409, "the episode is at another turn, has ended, or is being stepped"),
        (413, "the request is too large"),
        (422, "the request is not what it must be"),
        (429, "the server has no place or time for it just now"),
        (503, "the sandbox failed; nothing is known of the program"),
    )
}


@dataclass(frozen=True, slots=True)
class Service:
    """One server's parts.

    Attributes:
        problems: that can be named.
        sandbox: where programs run.
        settings: the bounds.
        gate: the way to the sandbox.
        metrics: the figures.
    """

    problems: ProblemSet
    sandbox: Sandbox
    settings: ServerSettings
    gate: Gate
    metrics: Metrics = field(default_factory=Metrics)


def status_of(error: CodegymError) -> int:
    """The status of the answer that tells of an error."""
    if isinstance(error, SandboxError):
        return 503
    return 404 if isinstance(error, ProblemError) else 422 if isinstance(error, UsageError) else 500


def language_for(problem: Problem, wanted: str | None = None) -> Language:
    """The language that is wanted; by default that of a function, or Python.

    Raises:
        UsageError: there is no such language.
    """
    return find_language(wanted or (problem.language if problem.kind == "function" else "python"))


def prompt_of(problem: Problem, language: str | None = None) -> str:
    """What an agent reads of a problem that answers in a language."""
    spoken = language_for(problem, language)
    return describe(visible_in(problem, spoken), templates_in(spoken))


@contextlib.contextmanager
def closed_lips() -> Any:
    """While a named problem is judged: an error of the problem's own says nothing of its tests.

    Raises:
        SandboxError: instead of a ProblemError.
    """
    try:
        yield
    except ProblemError as error:
        _log_error(error)
        raise SandboxError(
            "expected a problem that can be judged, but its own validator, interactor or generator failed; "
            "the server's log says more"
        ) from None


def _log_error(error: Exception) -> None:
    import logging

    logging.getLogger("codegym").error("%s", error)


async def every(seconds: float, work: Any) -> None:
    """Do something again and again, until cancelled."""
    while True:
        await asyncio.sleep(seconds)
        work()
