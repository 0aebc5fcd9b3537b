"""Threads in which steps wait for their programs.

Not those of ``concurrent.futures``: Python waits for these when it ends, and so a trainer that is interrupted would go
on until all programs that it ever asked for had run.
"""

import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from codegym.errors import SandboxError

T = TypeVar("T")
_Task = Callable[[], None]

STEPS_AT_ONCE = 256
"""Of those that are awaited. How many programs run at once is the sandbox's to say."""


class Threads:
    """Threads that start when they are needed, and end with this object or the process.

    After ``os.fork`` a child starts threads of its own.

    Args:
        size: how many at most.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._count = 0
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._idle: SimpleQueue[None] = SimpleQueue()  # an item for each thread that nothing was given to
        self._finalizer = weakref.finalize(self, _end, self._tasks, self._size)
        self._finalizer.atexit = False

    def submit(self, work: Callable[..., T], *args: Any) -> "Future[T]":
        """Have something done; the result is in the future.

        Raises:
            SandboxError: this machine lets no thread start.
        """
        if self._owner != os.getpid():
            self._finalizer.detach()
            self._begin()
        future: Future[T] = Future()

        def task() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work(*args))
                except BaseException as error:
                    future.set_exception(error)

        try:
            self._idle.get_nowait()
        except Empty:
            self._start()
        self._tasks.put(task)
        return future

    def _start(self) -> None:
        with self._lock:
            if self._count == self._size:
                return
            name = f"codegym-step-{self._count}"
            thread = threading.Thread(target=_work, args=(self._tasks, self._idle), name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                if not self._count:
                    raise SandboxError(f"expected a thread in which to wait for programs, got none ({error})") from None
            else:
                self._count += 1


def _work(tasks: "SimpleQueue[_Task | None]", idle: "SimpleQueue[None]") -> None:
    while (task := tasks.get()) is not None:
        task()
        del task  # nor what it holds
        idle.put(None)


def _end(tasks: "SimpleQueue[_Task | None]", size: int) -> None:
    for _ in range(size):
        tasks.put(None)


step_threads = Threads(STEPS_AT_ONCE)
"""Those for steps that are awaited."""
