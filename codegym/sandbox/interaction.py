"""Two programs that talk, each in a box of its own: what one says is handed on to the other by this process.

Both streams are read whenever something arrives, and what the other box does not take yet is kept here. So neither
program can block the other, this process or a box; how much may be said is bounded by the limits of output of both.
"""

import select
import time
from collections.abc import Sequence

from codegym.errors import BoxFailure
from codegym.problem import Limits
from codegym.sandbox.base import Conversation, Execution
from codegym.sandbox.channel import CHUNK, GRACE_S, SIZE, STOP, Channel

MOST_SHOWN = 1 << 14
"""Bytes of a transcript."""
MOST_TURNS = 1000


class Transcript:
    """What was said, as far as it is kept."""

    def __init__(self) -> None:
        self.turns: list[tuple[bool, bytearray]] = []
        self.cut = False
        self._left = MOST_SHOWN

    def add(self, by_program: bool, words: bytes) -> None:
        """Words of one of the two; words of the same one are joined."""
        if not self.turns or self.turns[-1][0] is not by_program:
            if not self._left or len(self.turns) >= MOST_TURNS:
                self.cut = True
                return
            self.turns.append((by_program, bytearray()))
        self.cut = self.cut or len(words) > self._left
        self.turns[-1][1].extend(words[: self._left])
        self._left -= min(len(words), self._left)


class Speaker:
    """One of the two: its channel, its limits, and how far it is.

    Attributes:
        run: its run, once it has ended.
        silent: whether it will say no more.
        told: whether it knows that the other will say no more.
    """

    def __init__(self, channel: Channel, limits: Limits) -> None:
        self.channel = channel
        self.limits = limits
        self.run: Execution | None = None
        self.silent = False
        self.told = False
        self._stopped = False

    def begin(self, request: Sequence[bytes]) -> None:
        """Have it run."""
        self.channel.expect_silence()
        self.channel.queue(*request)
        self.channel.flush()

    def hear(self, words: bytes) -> None:
        """Hand it what the other said; nothing means that no more will come."""
        if self.run is not None or self.told:
            return
        self.told = not words
        for start in range(0, max(len(words), 1), CHUNK):
            part = words[start : start + CHUNK]
            self.channel.queue(SIZE.pack(len(part)), part)
        self.channel.flush()

    def stop(self) -> None:
        """End it; or, where it has ended, say that nothing more will come for it, for it waits for that."""
        if not self._stopped:
            self._stopped = True
            self.channel.queue(SIZE.pack(STOP))
            self.channel.flush()


def hold_conversation(
    program: Channel,
    interactor: Channel,
    limits: tuple[Limits, Limits],
    requests: tuple[Sequence[bytes], ...],
    accepts: int,
) -> Conversation:
    """Let the two talk until both have ended.

    Args:
        program: the box of the one that is judged.
        interactor: that of the one that judges.
        limits: of both.
        requests: what starts both.
        accepts: the interactor's exit status that leaves the program its time.

    Raises:
        BoxFailure: one of the boxes broke.
    """
    sides = Speaker(program, limits[0]), Speaker(interactor, limits[1])
    transcript = Transcript()
    deadline = time.monotonic() + 2 * max(limit.wall_seconds for limit in limits) + GRACE_S
    unprompted = False
    for side, request in zip(sides, requests, strict=True):
        side.begin(request)
    while any(side.run is None for side in sides):
        _wait(sides, deadline)
        for side, other in (sides, sides[::-1]):
            while side.run is None and (words := side.channel.next_words(side.limits)) is not None:
                if isinstance(words, Execution):
                    side.run, words = words, b""
                    side.stop()
                    if side is sides[1]:
                        unprompted = not side.told
                    if side.run.exit_code != accepts if side is sides[1] else side.run.status != "ok":
                        other.stop()
                if words:
                    transcript.add(side is sides[0], words)
                    other.hear(words)
                elif not side.silent and (side is sides[0] or side.run is not None):
                    # What a program makes of the interactor's end is to come after the interactor's word.
                    side.silent = True
                    other.hear(b"")
    while any(side.channel.events & select.POLLOUT for side in sides):
        _wait(sides, deadline)
    first, second = (side.run for side in sides)
    assert first is not None and second is not None  # noqa: PT018 (the loop above ends so)
    turns = tuple((by_program, bytes(words)) for by_program, words in transcript.turns)
    return Conversation(first, second, unprompted, turns, transcript.cut)


def _wait(sides: Sequence[Speaker], deadline: float) -> None:
    """Wait until a box has something for us or takes something, and take and give it."""
    poll = select.poll()
    channels = {side.channel.fileno(): side.channel for side in sides}
    for number, channel in channels.items():
        poll.register(number, channel.events)
    left = deadline - time.monotonic()
    ready = poll.poll(left * 1000) if left > 0 else []
    if not ready:
        raise BoxFailure("a box went silent: two programs talked for longer than they may")
    for number, event in ready:
        if event & ~select.POLLOUT:
            channels[number].receive()
        channels[number].flush()
