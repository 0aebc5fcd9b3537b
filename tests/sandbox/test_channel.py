"""The host's end of the stream: whatever a box sends is a result, or a BoxFailure, soon."""

import socket
import struct
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegym import Execution, Limits
from codegym.errors import BoxFailure
from codegym.sandbox.channel import MAGIC, RESULT, Channel

SOON = Limits(cpu_s=0.1, wall_s=0.1)


def answer(*, status: int = 0, stdout: bytes = b"", magic: bytes = MAGIC, claim: int | None = None) -> bytes:
    """A result as a runner would send it, or nearly."""
    size = len(stdout) if claim is None else claim
    return RESULT.pack(magic, 1.0, status, 0, 0.1, 0.2, 1000, size, 0, 0) + stdout


def run(said: bytes, *, inputs: int = 1, framed: bool = False, hang_up: bool = True) -> list[Execution]:
    """What the channel makes of a box that says this and leaves."""
    ours, theirs = socket.socketpair()
    results: list[Execution] = []

    def box() -> None:
        theirs.recv(1)  # a runner speaks when it is asked
        theirs.sendall(said)
        if hang_up:
            theirs.shutdown(socket.SHUT_WR)
        while theirs.recv(1 << 16):
            pass

    talker = threading.Thread(target=box)
    talker.start()
    channel = Channel(ours, framed=framed)
    try:
        channel.run(b"program", [b"input"] * inputs, SOON, None, None, results)
    finally:
        channel.close()
        talker.join()
        theirs.close()
    return results


def test_reads_results() -> None:
    """A well-formed answer becomes an execution, field by field."""
    assert run(answer(status=1, stdout=b"hello")) == [Execution("runtime_error", 0, b"hello", b"", 0.1, 0.2, 1000)]


def test_reads_framed_results_in_any_pieces() -> None:
    """The engine's 8-byte frames are taken off wherever they cut, and its other stream is left out."""
    whole = answer(stdout=b"x" * 1000)
    frames = b""
    for start in range(0, len(whole), 7):
        piece = whole[start : start + 7]
        frames += struct.pack("!BxxxI", 2, 5) + b"noise" + struct.pack("!BxxxI", 1, len(piece)) + piece
    assert run(frames, framed=True)[0].stdout == b"x" * 1000


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"cgy1",
        answer(magic=b"evil"),
        answer(status=99),
        answer(claim=1 << 60),
        answer(stdout=b"cut", claim=100),
        answer() + b"",
    ],
    ids=["nothing", "half a head", "other magic", "no such status", "absurd size", "cut off", "one of two"],
)
def test_nonsense_is_a_failure_of_the_box(said: bytes) -> None:
    """Bytes of no result's form, or too few of them, raise BoxFailure."""
    with pytest.raises(BoxFailure):
        run(said, inputs=2)


@given(st.binary(max_size=200))
@settings(max_examples=50, deadline=None)
def test_no_bytes_crash_the_host(said: bytes) -> None:
    """Random bytes raise BoxFailure and nothing else."""
    with pytest.raises(BoxFailure):
        run(said, inputs=2)


def test_silence_is_a_failure_of_the_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """A box that says nothing is given up after its time."""
    monkeypatch.setattr("codegym.sandbox.channel.GRACE_S", 0.2)
    with pytest.raises(BoxFailure, match="silent"):
        run(b"", hang_up=False)


def test_keeps_what_arrived_before_a_failure() -> None:
    """Results before the break are there for the retry to go on from."""
    ours, theirs = socket.socketpair()
    results: list[Execution] = []
    channel = Channel(ours)

    def box() -> None:
        theirs.recv(1)
        theirs.sendall(answer(stdout=b"first"))
        theirs.shutdown(socket.SHUT_WR)

    talker = threading.Thread(target=box)
    talker.start()
    with pytest.raises(BoxFailure):
        channel.run(b"", [b"", b""], SOON, None, None, results)
    talker.join()
    assert [result.stdout for result in results] == [b"first"]
    channel.close()
    theirs.close()


def test_hello_refuses_a_flood() -> None:
    """A runner that never ends its first line is given up."""
    ours, theirs = socket.socketpair()
    sender = threading.Thread(target=lambda: theirs.sendall(b"x" * 150_000))
    sender.start()
    channel = Channel(ours)
    with pytest.raises(BoxFailure, match="flood"):
        channel.hello(10)
    channel.close()
    sender.join()
    theirs.close()
