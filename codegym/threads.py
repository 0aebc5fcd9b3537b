"""Threads in which steps wait for their programs.

Not those of ``concurrent.futures``: Python waits for these when it ends, and so a trainer that is interrupted would go
on until all programs that it ever asked for had run.
"""

import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

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

    def share(self, calls: "SharedCalls[Any]") -> None:
        """Have calls made, by as many threads as there may be."""
        for _ in range(min(self._size, calls.left)):
            self.submit(calls.make)

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


class SharedCalls(Generic[T]):
    """Numbered calls that threads share among them: each is made once, by whichever thread comes first.

    Whoever waits may be interrupted between any two instructions. What was begun goes on meanwhile, so that to share
    the same calls once more, and to wait anew, loses nothing and makes no call twice.

    Args:
        call: what is called with each number.
        known: of each number, the outcome where it is known already, else None.

    Attributes:
        outcomes: what each call returned, or what it raised, or None so far.
    """

    def __init__(self, call: Callable[[int], T], known: Sequence[T | None]) -> None:
        self.outcomes: list[T | BaseException | None] = list(known)
        self._call = call
        self._todo = deque(number for number, outcome in enumerate(known) if outcome is None)
        self._makers: set[int] = set()
        self._ended: SimpleQueue[None] = SimpleQueue()

    @property
    def left(self) -> int:
        """How many nobody has begun."""
        return len(self._todo)

    @property
    def complete(self) -> bool:
        """Whether all have an outcome."""
        return not any(outcome is None for outcome in self.outcomes)

    def make(self) -> None:
        """Make calls until none is left. For threads."""
        me = threading.get_ident()
        self._makers.add(me)
        try:
            while True:
                try:
                    number = self._todo.popleft()
                except IndexError:
                    return
                try:
                    self.outcomes[number] = self._call(number)
                except BaseException as error:
                    self.outcomes[number] = error
        finally:
            self._makers.discard(me)
            self._ended.put(None)

    def wait(self) -> None:
        """Wait until all that were shared have an outcome."""
        while not self.complete:
            self._pause()

    def drop(self) -> None:
        """Wait for those that run; the others will not be made."""
        self._todo.clear()
        while self._makers:
            self._pause()

    def _pause(self) -> None:
        with suppress(Empty):
            self._ended.get(timeout=1.0)  # should an interrupt have swallowed what came


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
