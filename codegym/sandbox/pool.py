"""A pool of warm boxes behind one :class:`~codegym.sandbox.base.Sandbox`: hand out, replace, retry, close."""

import contextlib
import itertools
import math
import os
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

from codegym.errors import BoxFailure, SandboxError, SandboxUnavailable, UsageError
from codegym.languages import LANGUAGES, Language, find_language
from codegym.problem import Limits
from codegym.sandbox.apart import Apart
from codegym.sandbox.base import Conversation, Execution, Input, Room, Sandbox, Side, Stop
from codegym.sandbox.compiled import Compiler
from codegym.sandbox.interaction import hold_conversation
from codegym.sandbox.reserve import Reserve
from codegym.sandbox.slots import Box, Slots
from codegym.sandbox.wide import STACK_BYTES, Program, explained, frame, sanitized_limits, with_files

RUNS_A_BOX = 20_000
"""After so many runs a box is worn and replaced."""
PAUSES_S = (0.0, 0.1, 0.5, *(1.0,) * 8)
"""Before each further try on a fresh box, when one broke without giving a result."""


Work = Callable[[Box, Stop | None, list[Execution]], None]
"""Something to be done with a box: what it finds out, one by one, is asked about and appended to the list."""


class BoxPool(Sandbox, ABC):
    """The pool; a backend says how one box starts.

    Boxes start when they are first needed. ``workers`` candidates' boxes run at once, and one of the judge's
    own. Once a box had to be replaced, one more stands by. After ``os.fork`` a child has an empty pool of its own.

    Args:
        workers: boxes at most; by default one a core.
    """

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and (not isinstance(workers, int) or workers < 1):
            raise UsageError(f"expected a positive number of workers, got {workers!r}")
        self.workers = workers or len(os.sched_getaffinity(0))
        self._closed = False
        self._best_s = math.inf
        self._proven = False  # whether a box has ever started, so that one that does not is a passing trouble
        self._begin()
        self._apart.warm()
        _pools.add(self)

    def _begin(self) -> None:
        self._rooms: dict[Room, Slots] = {"candidate": Slots(self.workers), "judge": Slots(self.workers)}
        self._compiler = Compiler(self.kind, self._run_wide)
        self._apart = Apart()
        self._reserve = Reserve(self._apart)
        self._finalizer = weakref.finalize(self, _close_all, self._rooms, self._reserve, os.getpid())

    @abstractmethod
    def start_box(self) -> Box:
        """Start one box and wait until its runner has said hello.

        Raises:
            SandboxUnavailable: no box can start here at all.
            BoxFailure: this one did not.
        """

    @abstractmethod
    def protections(self) -> Mapping[str, str]:
        """See :class:`~codegym.sandbox.base.Sandbox`."""

    def pace(self) -> dict[str, float]:
        """What a new runner is told of the machine's best pace, if anything is known."""
        return {"best_s": self._best_s} if self._best_s < math.inf else {}

    def execute(
        self,
        program: str,
        inputs: Sequence[bytes | Input],
        limits: Limits,
        *,
        entry_point: str | None = None,
        stop: Stop | None = None,
        room: Room = "candidate",
        language: str = "python",
        files: Sequence[tuple[str, bytes]] = (),
    ) -> list[Execution]:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        spoken = find_language(language)
        if spoken.compiled and entry_point:
            raise UsageError(f"expected a Python program where a function is to be called, got one in {language}")
        if not inputs:
            return []
        try:
            source = program.encode()
        except UnicodeEncodeError as error:
            complaint = f"SyntaxError: the program is not valid Unicode text: {error}\n".encode()
            return [Execution("compile_error", 1, stderr=complaint)] * len(inputs)
        if not spoken.compiled and not files and all(isinstance(data, bytes) for data in inputs):
            plain: Sequence[bytes] = inputs  # type: ignore[assignment]
            return self._ask(
                lambda box, ask, results: box.channel.run(source, plain, limits, entry_point, ask, results),
                len(inputs),
                limits,
                stop,
                room,
            )
        ready = self._ready(source, spoken, limits, files, room)
        if isinstance(ready, Execution):
            return [ready] * len(inputs)
        ready = replace(ready, entry_point=entry_point or "")
        beside = () if spoken.compiled else tuple(files)
        given = [data if isinstance(data, Input) else Input(data) for data in inputs]
        given = [replace(data, files=(*beside, *data.files)) for data in given] if beside else given
        return self._execute_wide(ready, given, stop, room)

    def _ready(
        self, source: bytes, language: Language, limits: Limits, files: Sequence[tuple[str, bytes]], room: Room
    ) -> Program | Execution:
        """What is to be run, compiled if need be; or the run that says why there is nothing."""
        if not language.compiled:
            return Program(language, source, limits)
        made = self._compiler.compiled(source, language, files, room)
        if isinstance(made, Execution):
            return made
        if language.sanitized:
            limits = sanitized_limits(limits)
        # Only a candidate's is to see the end of its stack before that of its memory.
        stack = min(STACK_BYTES, limits.memory_bytes) if room == "candidate" else None
        launcher = self._compiler.launcher(room)
        return Program(language, made.program, limits, stack_bytes=stack, digest=made.digest, launcher=launcher)

    def _run_wide(self, program: Program, given: Input, room: Room) -> Execution:
        (run,) = self._execute_wide(program, [given], None, room)
        return run

    def _execute_wide(
        self, program: Program, inputs: Sequence[Input], stop: Stop | None, room: Room
    ) -> list[Execution]:
        frames = [frame(given) for given in inputs]

        def work(box: Box, ask: Stop | None, results: list[Execution]) -> None:
            head = program.head(len(inputs) - len(results), box.held)
            done = len(results)

            def told(run: Execution) -> bool:
                results[-1] = with_files(explained(run, program), inputs[len(results) - 1].wanted)
                return bool(ask and ask(results[-1]))

            box.channel.exchange(head, frames, program.limits, told, results)
            if len(results) > done and program.digest:
                box.held = program.digest

        return self._ask(work, len(inputs), program.limits, stop, room)

    def converse(self, program: Side, interactor: Side, *, accepts: int = 0) -> Conversation:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        ready: list[Program] = []
        frames = []
        sides: tuple[tuple[Side, Room], ...] = ((program, "candidate"), (interactor, "judge"))
        for side, room in sides:
            language = find_language(side.language)
            source = side.program.encode(errors="surrogatepass")
            made = self._ready(source, language, side.limits, side.files, room)
            if isinstance(made, Execution):
                other = Execution("ok", 0)
                return Conversation(*((made, other) if side is program else (other, made)), unprompted=False)
            ready.append(replace(made, talks=True))
            beside = () if language.compiled else side.files
            frames.append(frame(replace(side.given, stdin=b"", files=(*beside, *side.given.files))))
        found: list[Conversation] = []

        def work(box: Box, ask: Stop | None, results: list[Execution]) -> None:
            with self._box("judge", fresh=False) as judge:
                judge.prepare(ready[1].limits)
                boxes = box, judge
                requests = tuple(
                    [*one.head(1, place.held), *parts] for one, place, parts in zip(ready, boxes, frames, strict=True)
                )
                talk = hold_conversation(
                    box.channel, judge.channel, (ready[0].limits, ready[1].limits), requests, accepts
                )
                for one, place in zip(ready, boxes, strict=True):
                    place.held = one.digest or place.held
                judge.runs += 1
                runs = [
                    with_files(explained(run, one), side.given.wanted)
                    for run, one, (side, _) in zip((talk.program, talk.interactor), ready, sides, strict=True)
                ]
                found.append(replace(talk, program=runs[0], interactor=runs[1]))
                results.append(runs[0])

        self._ask(work, 1, ready[0].limits, None, "candidate")
        return found[-1]

    def languages(self) -> tuple[str, ...]:
        """The languages whose programs can be run here; compiles a small program with each compiler to find out."""
        first = {
            language.compiler[0]: language
            for language in LANGUAGES.values()
            if language.compiled and not language.sanitized
        }
        there = {command for command, language in first.items() if self._compiler.has(language)}
        return tuple(
            name
            for name, language in LANGUAGES.items()
            if not language.compiled or (language.compiler[0] in there and not language.sanitized)
        )

    def _ask(self, work: Work, count: int, limits: Limits, stop: Stop | None, room: Room) -> list[Execution]:
        """Have ``work`` done with a box, and with fresh ones where it breaks, until there are ``count`` results."""
        results: list[Execution] = []
        stopped = False

        def ask(execution: Execution) -> bool:
            nonlocal stopped
            stopped = bool(stop and stop(execution))
            return stopped

        failures = 0
        while True:
            before = len(results)
            try:
                with self._box(room, fresh=failures > 0) as box:
                    box.prepare(limits)
                    work(box, ask if stop else None, results)
                    self._best_s = min(self._best_s, box.channel.best_s)
                    box.runs += len(results) - before
                return results
            except (BoxFailure, SandboxUnavailable) as error:
                if isinstance(error, SandboxUnavailable) and not self._proven:
                    raise
                if stopped or len(results) == count:
                    return results
                failures = 1 if len(results) > before else failures + 1
                if failures > len(PAUSES_S):
                    raise SandboxError(
                        f"expected a result from a {self.kind} box, but {failures} in a row failed; the last: {error}"
                    ) from error
                time.sleep(PAUSES_S[failures - 1])

    @contextlib.contextmanager
    def _box(self, room: Room, fresh: bool) -> Iterator[Box]:
        """Borrow a box, a new one if need be.

        One that raised anything, even Ctrl-C, is ended, for its stream may be in mid-frame.
        """
        slots = self._rooms[room]
        lease = slots.take()
        try:
            if self._closed:
                raise SandboxError(f"expected an open {self.kind} sandbox, got one that was closed; make a new one")
            if fresh:
                lease.end_box()
            if lease.box is None:
                lease.box = self._reserve.take() or self._start()
            yield lease.box
        except BaseException as error:
            lease.end_box()
            if isinstance(error, BoxFailure):
                self._reserve.fill(self._start)
            raise
        finally:
            if lease.box is not None and lease.box.runs >= RUNS_A_BOX:
                self._reserve.fill(self._start)
                if spare := self._reserve.take():
                    worn, lease.box = lease.box, spare
                    self._reserve.retire(worn)
            if self._closed:
                lease.end_box()
            slots.give(lease)

    def _start(self) -> Box:
        """A new box, unless the sandbox was closed meanwhile."""
        if self._closed:
            raise BoxFailure("the sandbox is closed")
        try:
            box = self.start_box()
        except OSError as error:
            raise BoxFailure(f"this machine could not start a box ({error})") from None
        self._proven = True
        return box

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise UsageError(
            f"expected a {self.kind} sandbox to stay in its process, for its boxes do; make one in each process"
        )

    def close(self) -> None:
        """End all boxes; those at work end with their run."""
        self._closed = True
        self._apart.close()
        self._finalizer()

    def forget(self) -> None:
        """Begin anew in a forked child: the boxes are the parent's."""
        self._finalizer.detach()
        for box in (
            *self._reserve.boxes,
            *self._reserve.retired,
            *(box for slots in self._rooms.values() for box in slots.idle),
        ):
            box.forget()
        self._begin()


_pools: weakref.WeakSet[BoxPool] = weakref.WeakSet()


def _close_all(rooms: dict[Room, Slots], reserve: Reserve, owner: int) -> None:
    if os.getpid() == owner:
        for box in itertools.chain(reserve.drain(), *(slots.drain() for slots in rooms.values())):
            box.close()


def _after_fork() -> None:
    for pool in list(_pools):
        pool.forget()


os.register_at_fork(after_in_child=_after_fork)
