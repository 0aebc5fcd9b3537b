"""The host's end of the stream to one box: requests out, results in, nothing trusted.

The framing is documented in ``sandbox/runner.py``. Everything that arrives is measured before it is stored:
a box that speaks nonsense, goes silent or closes the stream is a :class:`BoxFailure`, never a result.
"""

import json
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
RESULT = struct.Struct("!4sBiddQQQQ")
MAGIC = b"cgy1"
STOP = 2**64 - 1

AHEAD = 1
"""Inputs sent before the result of the one being run is in, so that the box never waits for us."""
GRACE_S = 40.0
"""What a box may take for a result beyond the run's own wall-clock limit (compiling, cleaning up, a busy machine)."""
CHUNK = 1 << 16


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
        self._expect_silence()
        todo = inputs[len(results) :]
        entry = (entry_point or "").encode()
        head = REQUEST.pack(
            MAGIC,
            len(program),
            len(entry),
            limits.cpu_s,
            limits.wall_seconds,
            limits.memory_bytes,
            limits.output_bytes,
            len(todo),
        )
        self._outbox.append(memoryview(head + program + entry))
        sent = 0
        for index in range(len(todo)):
            while sent < len(todo) and sent <= index + AHEAD:
                self._outbox += [
                    memoryview(SIZE.pack(len(todo[sent]))),
                    *([memoryview(todo[sent])] if todo[sent] else []),
                ]
                sent += 1
            self._flush()
            results.append(self._result(limits))
            if stop and stop(results[-1]):
                if sent < len(todo):
                    self._send(SIZE.pack(STOP))
                for _ in range(index + 1, sent):
                    self._result(limits)
                return

    def _expect_silence(self) -> None:
        """What a box says unasked would be taken for the next program's result."""
        self._poll.register(self._connection, select.POLLIN)
        if self._inbox or self._poll.poll(0):
            raise BoxFailure("the box spoke before it was asked, or closed the stream")

    def _result(self, limits: Limits) -> Execution:
        deadline = time.monotonic() + limits.wall_seconds + GRACE_S
        magic, status, exit_code, cpu_s, wall_s, memory, *sizes = RESULT.unpack(self._take(RESULT.size, deadline))
        if magic != MAGIC or status >= len(STATUSES) or max(sizes) > max(limits.output_bytes, CHUNK):
            raise BoxFailure("expected a result from the box, got bytes of no such form")
        stdout, stderr, result = (self._take(size, deadline) for size in sizes)
        if self._folder:
            stderr = stderr.replace(self._folder, b"/box")
        return Execution(STATUSES[status], exit_code, stdout, stderr, cpu_s, wall_s, memory, result)

    def _send(self, *parts: bytes) -> None:
        self._outbox.extend(memoryview(part) for part in parts if part)
        self._flush()

    def _flush(self) -> None:
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
        self._poll.register(self._connection, select.POLLIN | (select.POLLOUT if self._outbox else 0))
        if left <= 0 or not self._poll.poll(left * 1000):
            raise BoxFailure("the box went silent: no answer within its time")
        self._flush()
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
