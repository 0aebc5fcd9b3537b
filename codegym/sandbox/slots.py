"""One running box, and a bounded number of places for boxes."""

import contextlib
import queue
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterator

from codegym.problem import Limits
from codegym.sandbox.channel import Channel


class Box(ABC):
    """One running box: a channel and a way to end it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.runs = 0
        self.held = ""
        """Of the compiled program that it holds, the digest."""

    def prepare(self, limits: Limits) -> None:  # noqa: B027 (most kinds have nothing to do)
        """Make the box hold what cannot be sent with a request."""

    @abstractmethod
    def close(self) -> None:
        """End it and wait until it has ended; may be called twice."""

    def forget(self) -> None:
        """Let go of it in a forked child, where it belongs to the parent."""
        self.channel.close()


class Lease:
    """The right to one box at work, for as long as somebody holds this object."""

    __slots__ = ("__weakref__", "box")

    def __init__(self) -> None:
        self.box: Box | None = None

    def end_box(self) -> None:
        """End the box, if there is one."""
        box, self.box = self.box, None
        if box is not None:
            box.close()


class Slots:
    """A bounded number of places for boxes, warm ones first.

    Ctrl-C may come between any two instructions, also between taking a place and the ``try`` that would give it back.
    So places are not counted down and up: one is taken while its lease is alive. For the same reason there is no
    ``threading.Condition``, whose own code can be interrupted with its lock held.
    """

    def __init__(self, places: int) -> None:
        self.idle: list[Box] = []
        self._places = places
        self._leases: list[weakref.ref[Lease]] = []
        self._lock = threading.Lock()
        self._given: queue.SimpleQueue[None] = queue.SimpleQueue()

    def take(self) -> Lease:
        """A lease with a warm box, or with the right to start one; waits until there is either."""
        lease = Lease()
        while not self._admit(lease):
            with contextlib.suppress(queue.Empty):
                self._given.get(timeout=1.0)
        return lease

    def _admit(self, lease: Lease) -> bool:
        with self._lock:
            self._leases = [other for other in self._leases if other() is not None]
            if len(self._leases) >= self._places:
                return False
            self._leases.append(weakref.ref(lease))
            if self.idle:
                lease.box = self.idle.pop()
            return True

    def give(self, lease: Lease) -> None:
        """Take a place back, and its box, if it still has one."""
        with self._lock:
            if lease.box is not None:
                self.idle.append(lease.box)
                lease.box = None
            self._leases = [other for other in self._leases if other() is not lease]
        if self._given.qsize() < self._places:
            self._given.put(None)

    def drain(self) -> Iterator[Box]:
        """The boxes that nobody has, taken out one by one."""
        while True:
            with self._lock:
                if not self.idle:
                    return
                box = self.idle.pop()
            yield box
