"""A box that stands by, and boxes that go."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

from codegym.errors import BoxFailure, SandboxUnavailable
from codegym.sandbox.apart import Apart
from codegym.sandbox.slots import Box


class Reserve:
    """One box that stands by, once it was seen that boxes have to be replaced, so that nobody waits for a start.

    Nor for an end: what it stood by for is closed in the background.
    """

    def __init__(self, apart: Apart) -> None:
        self.boxes: list[Box] = []
        self.retired: list[Box] = []
        """Those that are being closed."""
        self._apart = apart
        self._lock = threading.Lock()
        self._starting: Future[None] | None = None

    def take(self) -> Box | None:
        """The box that stands by, if there is one; it is the caller's then."""
        with self._lock:
            return self.boxes.pop() if self.boxes else None

    def fill(self, start: Callable[[], Box]) -> None:
        """Start one in the background, unless there is one, or one on its way."""

        def work() -> None:
            with contextlib.suppress(BoxFailure, SandboxUnavailable):  # whoever needs a box then hears of it
                box = start()
                with self._lock:
                    self.boxes.append(box)

        with self._lock:
            if not self.boxes and (self._starting is None or self._starting.done()):
                self._starting = self._apart.begin(work)

    def retire(self, box: Box) -> None:
        """Close one that is not needed any more, in the background."""

        def work() -> None:
            box.close()
            with self._lock:
                self.retired.remove(box)

        with self._lock:
            self.retired.append(box)
        if self._apart.begin(work) is None:
            work()

    def drain(self) -> Iterator[Box]:
        """All of them, to be closed."""
        while box := self.take():
            yield box
        yield from list(self.retired)
