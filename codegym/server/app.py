"""The application: endpoints, answers to what goes wrong, and what runs beside them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Response
from fastapi import Request as HttpRequest
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from codegym.datasets import ProblemSet
from codegym.errors import CodegymError
from codegym.sandbox.base import Sandbox
from codegym.server.episodes import NoEpisodeError, Sessions, WrongTurnError, episode_routes
from codegym.server.fusion import fusion_routes, printable
from codegym.server.gate import BusyError, ClientLeftError, Gate
from codegym.server.guard import Guard
from codegym.server.judging import judging_routes
from codegym.server.service import ERRORS, Service, every, prompt_of, status_of
from codegym.server.settings import ServerSettings
from codegym.version import __version__

_KINDS = {400: "BadRequest", 404: "NotFound", 405: "MethodNotAllowed"}


class Health(BaseModel):
    """That the server is there."""

    status: str
    version: str


class ProblemAnswer(BaseModel):
    """A problem as its agent sees it."""

    id: str
    title: str
    kind: str
    prompt: str


def make_app(problems: ProblemSet, sandbox: Sandbox, settings: ServerSettings) -> Any:
    """The ASGI application of a server.

    Args:
        problems: the problems that can be named.
        sandbox: where programs run; stays the caller's to close.
        settings: its bounds.
    """
    at_once = settings.at_once or int(getattr(sandbox, "workers", 1))
    service = Service(problems, sandbox, settings, Gate(at_once, settings.queue))
    sessions = Sessions(service)
    metrics, gate = service.metrics, service.gate
    metrics.watch("codegym_at_work", "Requests that use the sandbox.", lambda: gate.at_work)
    metrics.watch("codegym_waiting", "Requests that wait for it.", lambda: gate.waiting)
    metrics.watch("codegym_episodes", "Episodes that are played.", lambda: len(sessions))

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(every(min(10.0, settings.idle_s / 4), sessions.expire))
        try:
            yield
        finally:
            sweeping.cancel()

    app = FastAPI(
        title="codegym",
        version=__version__,
        description="Judges and runs programs in a locked sandbox, and plays episodes of code synthesis.",
        lifespan=lifespan,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
    )
    for routes in (judging_routes(service), episode_routes(service, sessions), fusion_routes(service)):
        app.include_router(routes)
    _add_plain_routes(app, service)
    _add_error_handlers(app)
    return Guard(app, settings, metrics)


def _add_plain_routes(app: FastAPI, service: Service) -> None:
    @app.get("/health", tags=["server"])
    async def health() -> Health:
        """Whether the server is there; needs no token."""
        return Health(status="ok", version=__version__)

    @app.get("/metrics", tags=["server"], response_class=Response, responses=ERRORS)
    async def figures() -> Response:
        """The server's figures, in Prometheus's format."""
        return Response(service.metrics.text(), media_type="text/plain; version=0.0.4")

    @app.get("/v1/problems", tags=["problems"], responses=ERRORS)
    async def list_problems() -> list[str]:
        """The ids of all problems."""
        return [problem.id for problem in service.problems]

    @app.get("/v1/problems/{problem_id}", tags=["problems"], responses=ERRORS)
    async def show_problem(problem_id: str) -> ProblemAnswer:
        """A problem as its agent sees it."""
        problem = service.problems[problem_id]
        return ProblemAnswer(id=problem.id, title=problem.title, kind=problem.kind, prompt=prompt_of(problem))


def _add_error_handlers(app: FastAPI) -> None:
    def answer(status: int, kind: str, message: str, **headers: str) -> JSONResponse:
        return JSONResponse({"error": kind, "message": printable(message)}, status, headers)

    @app.exception_handler(CodegymError)
    async def ours(_: HttpRequest, error: CodegymError) -> JSONResponse:
        return answer(status_of(error), type(error).__name__, str(error))

    @app.exception_handler(BusyError)
    async def busy(_: HttpRequest, error: BusyError) -> JSONResponse:
        return answer(429, "Busy", str(error), **{"retry-after": "1"})

    @app.exception_handler(ClientLeftError)
    async def left(_: HttpRequest, error: ClientLeftError) -> Response:
        return Response(status_code=408)

    @app.exception_handler(WrongTurnError)
    async def wrong_turn(_: HttpRequest, error: WrongTurnError) -> JSONResponse:
        return answer(409, "WrongTurn", str(error))

    @app.exception_handler(NoEpisodeError)
    async def no_episode(_: HttpRequest, error: NoEpisodeError) -> JSONResponse:
        return answer(404, "NoEpisode", str(error))

    @app.exception_handler(RequestValidationError)
    async def malformed(_: HttpRequest, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return answer(422, "UsageError", f"expected another {place[:200]}, for: {first['msg'][:300]}")

    @app.exception_handler(HTTPException)
    async def refused(_: HttpRequest, error: HTTPException) -> JSONResponse:
        kind = _KINDS.get(error.status_code, "Refused")
        return answer(error.status_code, kind, str(error.detail), **dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def broken(_: HttpRequest, error: Exception) -> JSONResponse:
        logging.getLogger("codegym").error("a request ended in %s", type(error).__name__, exc_info=error)
        return answer(500, "ServerError", "expected an answer, got a fault of the server's; its log says more")
