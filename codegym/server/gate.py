"""The way to the sandbox: so many requests at once, so many in the queue, and no more."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from fastapi import Request

P = ParamSpec("P")
T = TypeVar("T")


class BusyError(Exception):
    """There is no place for this just now; its text is a sentence for the client."""


class ClientLeftError(Exception):
    """Nobody waits for an answer any more."""


class Gate:
    """Lets requests do what takes long, each in a thread.

    Args:
        at_once: requests at work.
        queue: requests that may wait.

    Attributes:
        at_work: how many are.
        waiting: how many do.
    """

    def __init__(self, at_once: int, queue: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, "codegym-serve")
        self._places = asyncio.Semaphore(at_once)
        self._queue = queue
        self._counting = threading.Lock()
        self._running = 0
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
            work = partial(self._counted, function, *args, **options)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self.at_work -= 1
            self._places.release()

    def _counted(self, function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        with self._counting:
            self._running += 1
        try:
            return function(*args, **options)
        finally:
            with self._counting:
                self._running -= 1

    def close(self, break_off: Callable[[], object]) -> None:
        """Begin nothing more, and wait for what is at work.

        Args:
            break_off: called if something is, which the server's time to end was too short for; lets it end.
        """
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._counting:
            busy = self._running > 0
        if busy:
            break_off()
        self._threads.shutdown()
