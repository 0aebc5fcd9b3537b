"""A program that talks while it runs: its standard input and output are pipes, and the host is at their other ends.

From the host come SIZE and as many bytes; no bytes close the program's standard input; STOP ends the run. To the host
go DATA and as many bytes; no bytes say that nothing more will come. What a program has not read yet waits in
a file in memory, so it is not in this process's own memory, and a program that does not read blocks nobody.
Standard library only.
"""

import os
import select
import struct
import sys
import time

from stream import OUTPUT, RUNTIME, SIZE, STOP
from watch import FIRST_LOOK_S

DATA = struct.Struct("!4sI")
DATA_MAGIC = b"cgyd"
MOST = 1 << 16


class Relay:
    """The pipes of one run."""

    def __init__(self, stream, most):
        self.stream = stream
        self.most = most
        self.read, self.out = os.pipe()
        self.into, self.write = os.pipe()
        os.set_blocking(self.write, False)
        os.set_blocking(self.read, False)
        self.spool = os.memfd_create("io", 0)
        self.spooled = self.passed = self.said = 0
        self.closing = self.ended = self.silent = False

    def theirs(self):
        """The program's ends: standard input and output."""
        return [self.into, self.out]

    def wait(self, host, watch):
        """As :func:`keeper.wait_for`, with the talk going on meanwhile."""
        for end in self.theirs():  # the numbers stay taken, for they are looked at again
            os.dup2(watch.files[2], end)
        poll = select.poll()
        handle = os.pidfd_open(watch.pid)
        for descriptor in (handle, host, self.read):
            poll.register(descriptor, select.POLLIN)
        look = watch.started + FIRST_LOOK_S
        try:
            while (status := watch.verdict()) is None:
                left = min(watch.left_s(), look - time.monotonic())
                ready = dict(poll.poll(max(left, 0) * 1000 + 1))
                if host in ready and not self.hear(poll):
                    return RUNTIME
                if self.read in ready and not self.tell(poll):
                    return OUTPUT
                if self.write in ready:
                    self.feed(poll)
                if handle in ready:
                    watch.look()
                    return None
                if time.monotonic() >= look:
                    watch.look()
                    look = time.monotonic() + watch.pause_s()
            return status
        finally:
            os.close(handle)

    def hear(self, poll):
        """Take what the host says; whether the run goes on."""
        head = self.stream.read(SIZE.size)
        if not head:
            sys.exit("the host has gone")
        (size,) = SIZE.unpack(head)
        if size == STOP:
            self.ended = True
            return False
        if size:
            self.stream.copy_to(self.spool, size)
            self.spooled += size
        else:
            self.closing = True
        self.feed(poll)
        return True

    def feed(self, poll):
        """Give the program what it has not got yet, as much as its pipe takes."""
        if self.write is None:
            return
        try:
            while self.passed < self.spooled:
                self.pass_on()
        except BlockingIOError:
            poll.register(self.write, select.POLLOUT)
            return
        except BrokenPipeError:  # it reads no more
            self.closing = True
        poll.register(self.write, 0)
        poll.unregister(self.write)  # or a pipe without a reader would wake us for ever
        os.ftruncate(self.spool, 0)
        os.lseek(self.spool, 0, os.SEEK_SET)
        self.passed = self.spooled = 0
        if self.closing:
            os.close(self.write)
            self.write = None

    def pass_on(self):
        """Write as much as goes at once, without a trace of it in this process's memory."""
        view = self.stream.buffer[: min(self.spooled - self.passed, MOST)]
        try:
            got = os.preadv(self.spool, [view], self.passed)
            self.passed += os.write(self.write, view[:got])
        finally:
            view[:] = bytes(len(view))

    def tell(self, poll):
        """Pass on what the program says; whether it is within bounds."""
        try:
            data = os.read(self.read, MOST)
        except BlockingIOError:
            return True
        self.said += len(data)
        if self.said > self.most:
            return False
        self.stream.write(DATA.pack(DATA_MAGIC, len(data)) + data)
        if not data:
            self.silent = True
            if poll is not None:
                poll.unregister(self.read)
        return True

    def drain(self):
        """Pass on what is left in the pipe of a program that has ended."""
        while not self.silent and self.tell(None):
            if self.said > self.most:
                break

    def end(self):
        """Wait for the host's last word."""
        while not self.ended:
            (size,) = SIZE.unpack(self.stream.read(SIZE.size) or SIZE.pack(STOP))
            if size == STOP:
                self.ended = True
            else:
                self.stream.copy_to(None, size)

    def close(self):
        """Let go of the pipes."""
        for end in (self.read, self.out, self.into, self.write, self.spool):
            if end is not None:
                os.close(end)
