"""Work in threads of its own, where no Ctrl-C comes between its being done and our knowing of it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from codegym.errors import BoxFailure

T = TypeVar("T")

_THREADS = 2
"""One for what somebody waits for, one for what nobody does."""
_STUCK_S = 300.0


class Apart:
    """Two threads, there before they are needed.

    For where memory is short, starting a thread may wait for ever: Python waits for the new thread's first words, and
    one that found no memory for them has none.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(_THREADS, "codegym-start")

    def warm(self) -> None:
        """Start the threads; where they may not start, :meth:`finish` says so."""
        met = threading.Barrier(_THREADS)
        try:
            for _ in range(_THREADS):
                self._executor.submit(met.wait, _STUCK_S)
        except RuntimeError:
            met.abort()

    def finish(self, make: Callable[[], T], undo: Callable[[T], None]) -> T:
        """Make something; should we be interrupted, it is made and undone, or never begun.

        Raises:
            BoxFailure: no thread may start on this machine, or the one at work does not come back.
        """
        if threading.current_thread() is not threading.main_thread():
            return make()  # Ctrl-C interrupts the main thread only
        future: Future[T] = Future()
        try:
            self._submit(future, make)
            return future.result(_STUCK_S)
        except TimeoutError:
            raise BoxFailure(f"a box was not made within {_STUCK_S:g} s") from None
        except RuntimeError as error:  # what Python raises where no more threads may start
            raise BoxFailure(f"this machine could not start a box ({error})") from None
        except BaseException:
            if not future.cancel() and future.exception() is None:
                undo(future.result())
            raise

    def begin(self, make: Callable[[], None]) -> "Future[None] | None":
        """Do it in the background; None where no thread may start."""
        future: Future[None] = Future()
        try:
            self._submit(future, make)
        except RuntimeError:
            future.cancel()
            return None
        return future

    def _submit(self, future: "Future[T]", make: Callable[[], T]) -> None:
        def work() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(make())
                except BaseException as error:
                    future.set_exception(error)

        self._executor.submit(work)

    def close(self) -> None:
        """Wait for what is at work, and end the threads."""
        self._executor.shutdown(wait=True, cancel_futures=True)
