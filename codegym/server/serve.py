"""Listening: uvicorn, with an end for connections that say nothing, and one for the server itself."""

import asyncio
import contextlib
import resource
import signal
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from codegym.errors import UsageError
from codegym.server.settings import ServerSettings


class Connections:
    """The connections that are open, the one that was longest without a request first.

    Args:
        settings: how many there may be, and how long one may take to ask for something.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.head_s = settings.head_s
        self._most = min(settings.connections, _descriptors() * 3 // 4)
        self._idle: OrderedDict[Any, None] = OrderedDict()
        self._open = 0

    def opened(self) -> None:
        """One more; if there are too many now, the longest idle one is closed."""
        self._open += 1
        if self._open > self._most and self._idle:
            oldest, _ = self._idle.popitem(last=False)
            oldest.transport.abort()

    def closed(self, connection: Any) -> None:
        """One less."""
        self._open -= 1
        self._idle.pop(connection, None)

    def idle(self, connection: Any) -> None:
        """A connection waits for a request."""
        self._idle[connection] = None

    def asked(self, connection: Any) -> None:
        """A connection has one."""
        self._idle.pop(connection, None)


def protocol(connections: Connections) -> type[H11Protocol]:
    """The protocol of uvicorn, whose connections are closed where a request's first lines do not come in time."""

    class Bounded(H11Protocol):
        deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            connections.opened()
            self._await_request()

        def connection_lost(self, exc: Exception | None) -> None:
            self._end_waiting()
            connections.closed(self)
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            super().data_received(data)
            if self.cycle is not before:
                self._end_waiting()
                connections.asked(self)
            elif self.deadline is None and (before is None or before.response_complete):
                self._await_request()

        def on_response_complete(self) -> None:
            before = self.cycle
            super().on_response_complete()
            if self.cycle is before and not self.transport.is_closing():
                connections.idle(self)

        def _await_request(self) -> None:
            connections.idle(self)
            self.deadline = self.loop.call_later(connections.head_s, self.transport.abort)

        def _end_waiting(self) -> None:
            if self.deadline is not None:
                self.deadline.cancel()
                self.deadline = None

    return Bounded


def _descriptors() -> int:
    """How many descriptors this process may have; asks for all that it can get."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def listening_socket(settings: ServerSettings) -> socket.socket:
    """A socket that listens where the settings say.

    Raises:
        UsageError: the address cannot be had.
    """
    try:
        places = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, number, _, address = places[0]
        listener = socket.socket(family, kind, number)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(4096)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        raise UsageError(
            f"expected an address to listen at, got {settings.host} port {settings.port}: {error.strerror or error}"
        ) from None
    return listener


def serve(app: Any, settings: ServerSettings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until a signal comes to end; what is at work then gets ``drain_s`` seconds.

    Args:
        app: the application.
        settings: its bounds.
        listener: the socket.
        ready: called once requests are answered.
    """
    config = uvicorn.Config(
        app,
        http=protocol(Connections(settings)),
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.drain_s)),
    )
    server = uvicorn.Server(config)

    async def run() -> None:
        serving = asyncio.create_task(server.serve([listener]))
        while not (server.started or serving.done()):
            await asyncio.sleep(0.01)
        if server.started:
            ready()
        await serving

    with _signals_end_quietly():
        asyncio.run(run())


@contextlib.contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """What uvicorn does with signals once it has ended: it raises them again, which is to end nothing more."""
    try:
        was = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not in the main thread, where uvicorn leaves signals alone
        yield
        return
    try:
        yield
    finally:
        for number, handler in was.items():
            signal.signal(number, handler)
