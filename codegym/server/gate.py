"""The way to the sandbox: so many requests at once, so many in the queue, and no more."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from fastapi import Request

from codegym.threads import Threads

P = ParamSpec("P")
T = TypeVar("T")


class BusyError(Exception):
    """There is no place for this just now; its text is a sentence for the client."""


class ClientLeftError(Exception):
    """Nobody waits for an answer any more."""


class Gate:
    """Lets requests do what takes long, each in a thread, which the server's end does not wait for.

    Args:
        at_once: requests at work.
        queue: requests that may wait.

    Attributes:
        at_work: how many are.
        waiting: how many do.
    """

    def __init__(self, at_once: int, queue: int) -> None:
        self._threads = Threads(at_once)
        self._places = asyncio.Semaphore(at_once)
        self._queue = queue
        self.at_work = 0
        self.waiting = 0

    async def run(self, request: Request, function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """What a function returns, or raises.

        Raises:
            BusyError: too many wait already.
            ClientLeftError: the client did not wait until it was its turn.
        """
        if self._places.locked() and self.waiting >= self._queue:
            raise BusyError(
                f"expected a server with time, but {self.at_work} requests are at work and {self.waiting} wait; "
                "try again later"
            )
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        self.at_work += 1
        try:
            if await request.is_disconnected():
                raise ClientLeftError
            return await asyncio.wrap_future(self._threads.submit(partial(function, *args, **options)))
        finally:
            self.at_work -= 1
            self._places.release()
