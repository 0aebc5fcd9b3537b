"""The one connection with the host, and the form of what goes over it. Standard library only."""

import _socket
import os
import struct
import sys

from pace import pace
from program import write_all

REQUEST = struct.Struct("!4sIIddQQI")
"""Magic, bytes of program, bytes of entry point, CPU seconds, wall seconds, memory and output bytes, inputs."""
SIZE = struct.Struct("!Q")
RESULT = struct.Struct("!4sdBiddQQQQ")
"""Magic, the machine's best pace (see ``pace.py``), status, exit code, CPU seconds, wall seconds, peak memory, bytes of
stdout, stderr and value."""
MAGIC = b"cgy1"
STOP = 2**64 - 1
SMALL = 1 << 14
OK, RUNTIME, TIME, MEMORY, OUTPUT, COMPILE = range(6)


def result_head(*numbers):
    """What a result begins with."""
    return RESULT.pack(MAGIC, pace.best_s, *numbers)


class Stream:
    """The one connection with the host: a UNIX socket at ``path``, else descriptors 0 and 1."""

    def __init__(self, path):
        if path:
            connection = _socket.socket(_socket.AF_UNIX)
            connection.connect(path)
            self.source = self.sink = connection.detach()
        else:
            self.source = os.dup(0)
            self.sink = os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for number in range(2):  # complaints are heard until the streams are made anew
            os.dup2(null, number)
        os.close(null)
        self.buffer = memoryview(bytearray(1 << 16))

    def read(self, size):
        """Exactly ``size`` bytes, or nothing where the host has gone."""
        data = bytearray(size)
        view = memoryview(data)
        while view:
            got = os.readv(self.source, [view])
            if not got:
                return b""
            view = view[got:]
        return bytes(data)

    def copy_to(self, target, size):
        """Bring ``size`` bytes into a file without a trace of them in this process's memory."""
        while size:
            view = self.buffer[: min(size, len(self.buffer))]
            got = os.readv(self.source, [view])
            if not got:
                sys.exit("the host has gone")
            if target is not None:
                write_all(target, view[:got])
            view[:got] = bytes(got)
            size -= got

    def write(self, data):
        write_all(self.sink, memoryview(data))

    def write_complaint(self, complaint):
        self.write(result_head(COMPILE, 1, 0.0, 0.0, 0, 0, len(complaint), 0) + complaint)

    def write_result(self, result, files, most):
        """A result, and what the files for output, complaints and the returned value hold, each up to ``most``."""
        sizes = [min(os.fstat(file).st_size, most) for file in files]
        head = result_head(*result, *sizes, *[0] * (3 - len(sizes)))
        if sum(sizes) <= SMALL:
            self.write(b"".join([head, *(os.pread(file, size, 0) for file, size in zip(files, sizes) if size)]))
            return
        self.write(head)
        for file, size in zip(files, sizes):
            self.send_file(file, size)

    def send_file(self, source, size):
        offset = 0
        while offset < size:
            offset += os.sendfile(self.sink, source, offset, size - offset)
