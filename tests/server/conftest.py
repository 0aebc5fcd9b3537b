"""A server's application with a scripted sandbox, asked in this process."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from codegym import Sandbox
from codegym.datasets import ProblemSet
from codegym.server.settings import ServerSettings
from tests.fakes import make_function_problem, make_problem, scripted

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Start = Callable[..., "TestClient"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Makes a client of an application; its settings are the arguments, and ``sandbox`` and ``problems``."""
    for needed in ("fastapi", "prometheus_client", "httpx2"):
        pytest.importorskip(needed, reason="the extra 'server' is not installed")
    from starlette.testclient import TestClient

    from codegym.server.app import make_app

    clients = []

    def start(
        sandbox: Sandbox | None = None, problems: ProblemSet | None = None, base_url: str = "", **settings: Any
    ) -> "TestClient":
        problems = problems or ProblemSet([make_problem(), make_function_problem()], "two")
        app = make_app(problems, sandbox or scripted(), ServerSettings(**settings))
        client = TestClient(app, base_url=base_url or "http://127.0.0.1", raise_server_exceptions=False)
        clients.append(client)
        return client.__enter__()

    yield start
    for client in clients:
        client.__exit__(None, None, None)
