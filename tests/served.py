"""A server in a process of its own, as ``codegym serve`` starts it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and its process."""

    url: str
    port: int
    process: subprocess.Popen[str]


@contextlib.contextmanager
def serving(*options: str, **environment: str) -> Iterator[Server]:
    """A server at a port of its own, ended at the end if it has not ended before."""
    command = [sys.executable, "-m", "codegym.cli", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = re.search(r"at (http://\S+:(\d+))$", line)
        assert found, line + process.stderr.read()
        yield Server(found[1], int(found[2]), process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
