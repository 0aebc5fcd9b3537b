"""The host's end of the stream to one box: requests out, results in, nothing trusted.

The framing is documented in ``sandbox/runner.py``. Everything that arrives is measured before it is stored:
a box that speaks nonsense, goes silent or closes the stream is a :class:`BoxFailure`, never a result.
"""

import json
import math
import select
import socket
import struct
import time
from collections.abc import Sequence

from codegym.errors import BoxFailure
from codegym.problem import Limits
from codegym.sandbox.base import STATUSES, Execution, Stop

REQUEST = struct.Struct("!4sIIddQQI")
SIZE = struct.Struct("!Q")
RESULT = struct.Struct("!4sdBiddQQQQ")
MAGIC = b"cgy1"
STOP = 2**64 - 1

WORDS = struct.Struct("!4sI")
WORDS_MAGIC = b"cgyd"

AHEAD = 1
"""Inputs sent before the result of the one being run is in, so that the box never waits for us."""
GRACE_S = 40.0
"""What a box may take for a result beyond the run's own wall-clock limit (compiling, cleaning up, a busy machine)."""
CHUNK = 1 << 16


def request(magic: bytes, program: int, entry: int, limits: Limits, inputs: int) -> bytes:
    """The head of a request: bytes of the program and of what comes with it, limits, and number of inputs."""
    return REQUEST.pack(
        magic, program, entry, limits.cpu_s, limits.wall_seconds, limits.memory_bytes, limits.output_bytes, inputs
    )


class Channel:
    """One stream to a runner.

    Args:
        connection: a connected stream socket, owned by the channel from here on.
        framed: whether what arrives is in the Docker engine's 8-byte frames of an attached container.
        folder: where the box has the program, if elsewhere than in ``/box``, which complaints shall name all the same.
    """

    def __init__(self, connection: socket.socket, *, framed: bool = False, folder: str = "") -> None:
        connection.setblocking(False)
        self._connection = connection
        self._framed = framed
        self._folder = folder.encode()
        self._raw = bytearray()
        self._inbox = bytearray()
        self._outbox: list[memoryview] = []
        self._poll = select.poll()
        self.best_s = math.inf
        """The machine's best pace, as far as the runner has seen it."""

    def close(self) -> None:
        """Close the stream, which ends the runner."""
        self._connection.close()

    def hello(self, timeout_s: float) -> dict[str, str]:
        """The runner's first words, once it is ready.

        Raises:
            BoxFailure: it said something else, or nothing within ``timeout_s`` seconds.
        """
        deadline = time.monotonic() + timeout_s
        while b"\n" not in self._inbox:
            if len(self._inbox) > CHUNK:
                raise BoxFailure("expected a runner's first line, got a flood of bytes")
            self._turn(deadline)
        line, _, rest = bytes(self._inbox).partition(b"\n")
        self._inbox[:] = rest
        try:
            words = json.loads(line)
            return {"python": str(words["python"])}
        except (ValueError, TypeError, KeyError):
            raise BoxFailure(f"expected a runner's first line, got {line[:80]!r}") from None

    def run(
        self,
        program: bytes,
        inputs: Sequence[bytes],
        limits: Limits,
        entry_point: str | None,
        stop: Stop | None,
        results: list[Execution],
    ) -> None:
        """Run ``inputs[len(results):]`` and append their executions to ``results`` as they arrive.

        Raises:
            BoxFailure: the box broke; ``results`` holds what had arrived before.
        """
        entry = (entry_point or "").encode()
        head = request(MAGIC, len(program), len(entry), limits, len(inputs) - len(results)) + program + entry
        self.exchange([head], [[SIZE.pack(len(data)), data] for data in inputs], limits, stop, results)

    def exchange(
        self,
        head: Sequence[bytes],
        frames: Sequence[Sequence[bytes]],
        limits: Limits,
        stop: Stop | None,
        results: list[Execution],
    ) -> None:
        """Send a request and, one by one, what belongs to each of its inputs; as :meth:`run` otherwise.

        Args:
            head: the parts of the request, which is about ``frames[len(results):]``.
            frames: the parts of each input.
            limits: of the request.
            stop: as for a sandbox.
            results: what has arrived before, and where to put what arrives.
        """
        self.expect_silence()
        todo = frames[len(results) :]
        self.queue(*head)
        sent = 0
        for index in range(len(todo)):
            while sent < len(todo) and sent <= index + AHEAD:
                self._outbox += [memoryview(part) for part in todo[sent] if part]
                sent += 1
            self.flush()
            results.append(self._result(limits))
            if stop and stop(results[-1]):
                if sent < len(todo):
                    self.queue(SIZE.pack(STOP))
                    self.flush()
                for _ in range(index + 1, sent):
                    self._result(limits)
                return

    def expect_silence(self) -> None:
        """Refuse a box that has said something unasked.

        What a box says unasked would be taken for the next program's result.

        Raises:
            BoxFailure: it has.
        """
        self._poll.register(self._connection, select.POLLIN)
        if self._inbox or self._poll.poll(0):
            raise BoxFailure("the box spoke before it was asked, or closed the stream")

    def next_words(self, limits: Limits) -> bytes | Execution | None:
        """Of a program that talks: what it said (nothing once it will say no more), or its run, or None so far.

        Raises:
            BoxFailure: what has arrived is neither.
        """
        if len(self._inbox) < WORDS.size:
            return None
        magic, size = WORDS.unpack_from(self._inbox)
        if magic != WORDS_MAGIC:
            return self._result(limits, grace_s=GRACE_S)
        if size > CHUNK:
            raise BoxFailure("expected a program's words from the box, got more than it may send at once")
        if len(self._inbox) < WORDS.size + size:
            return None
        self._take(WORDS.size, 0.0)
        return self._take(size, 0.0)

    def _result(self, limits: Limits, grace_s: float | None = None) -> Execution:
        deadline = time.monotonic() + (2 * limits.wall_seconds + GRACE_S if grace_s is None else grace_s)
        head = RESULT.unpack(self._take(RESULT.size, deadline))
        magic, best_s, status, exit_code, cpu_s, wall_s, memory, *sizes = head
        if magic != MAGIC or not best_s > 0 or status >= len(STATUSES) or max(sizes) > max(limits.output_bytes, CHUNK):
            raise BoxFailure("expected a result from the box, got bytes of no such form")
        stdout, stderr, result = (self._take(size, deadline) for size in sizes)
        self.best_s = best_s
        if self._folder:
            stderr = stderr.replace(self._folder, b"/box")
        return Execution(STATUSES[status], exit_code, stdout, stderr, cpu_s, wall_s, memory, result)

    def queue(self, *parts: bytes) -> None:
        """Have something sent as soon as the box takes it."""
        self._outbox.extend(memoryview(part) for part in parts if part)

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._connection.fileno()

    @property
    def events(self) -> int:
        """What to wait for: bytes from the box, and room for those that are queued."""
        return select.POLLIN | (select.POLLOUT if self._outbox else 0)

    def flush(self) -> None:
        """Send of what is queued as much as goes without waiting."""
        while self._outbox:
            try:
                sent = self._connection.sendmsg(self._outbox[:8])
            except BlockingIOError:
                return
            except OSError as error:
                raise BoxFailure(f"the stream to the box broke while sending ({error})") from None
            while self._outbox and sent >= len(self._outbox[0]):
                sent -= len(self._outbox.pop(0))
            if sent:
                self._outbox[0] = self._outbox[0][sent:]

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._inbox) < size:
            self._turn(deadline)
        data = bytes(memoryview(self._inbox)[:size])
        del self._inbox[:size]
        return data

    def _turn(self, deadline: float) -> None:
        """Wait until something can be read or written, and do it."""
        left = deadline - time.monotonic()
        self._poll.register(self._connection, self.events)
        if left <= 0 or not self._poll.poll(left * 1000):
            raise BoxFailure("the box went silent: no answer within its time")
        self.flush()
        self.receive()

    def receive(self) -> None:
        """Take what has arrived, if anything has.

        Raises:
            BoxFailure: the stream has ended.
        """
        try:
            data = self._connection.recv(16 * CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            raise BoxFailure(f"the stream to the box broke while receiving ({error})") from None
        if not data:
            raise BoxFailure("the box closed the stream: its first process ended")
        if self._framed:
            self._unframe(data)
        else:
            self._inbox += data

    def _unframe(self, data: bytes) -> None:
        self._raw += data
        while len(self._raw) >= 8:
            size = int.from_bytes(self._raw[4:8], "big")
            if len(self._raw) < 8 + size:
                return
            if self._raw[0] == 1:
                self._inbox += self._raw[8 : 8 + size]
            del self._raw[: 8 + size]
