"""Sandboxes whose boxes are elsewhere: how a call is cut into requests, so that little runs after ``stop`` said so.

``stop`` looks at expected outputs, so it stays in this process. A request without a ``stop`` carries all inputs. With
one, requests grow from a few inputs on, and the far side ends a request at the first run that failed by itself, for
most often that is the end; once ``stop`` was asked about such a run and wants more, it no longer does.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from codegym.errors import SandboxError, UsageError
from codegym.languages import find_language
from codegym.problem import Limits
from codegym.sandbox.base import Execution, Input, Room, Sandbox, Stop

FIRST_INPUTS = 10
"""Inputs of the first request where there is a ``stop``; each further one has twice as many."""


@dataclass(frozen=True, slots=True)
class Order:
    """What :meth:`Sandbox.execute` was asked for, but for ``stop``; its attributes are that method's arguments."""

    program: str
    inputs: tuple[bytes | Input, ...]
    limits: Limits
    entry_point: str | None = None
    room: Room = "candidate"
    language: str = "python"
    files: tuple[tuple[str, bytes], ...] = ()


def failed(run: Execution) -> bool:
    """Whether a run failed, whatever was expected of it."""
    return run.status != "ok"


class RemoteSandbox(Sandbox, ABC):
    """The half of such a sandbox that is the same however requests travel."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._closed = False

    @abstractmethod
    def request(self, order: Order, begin: int, end: int, until_failure: bool) -> list[Execution]:
        """Run some of an order's inputs.

        Args:
            order: the order.
            begin: the first input.
            end: after the last one.
            until_failure: whether the far side may end at the first run that :func:`failed`.

        Returns:
            At least one execution; fewer than inputs where the far side had a reason to pause.
        """

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
        find_language(language)
        self.check_usable()
        order = Order(program, tuple(inputs), limits, entry_point, room, language, tuple(files))
        runs: list[Execution] = []
        size, until_failure = (FIRST_INPUTS, True) if stop else (len(inputs), False)
        while len(runs) < len(inputs):
            end = min(len(inputs), len(runs) + size)
            came = self.request(order, len(runs), end, until_failure)
            if not 0 < len(came) <= end - len(runs):
                raise SandboxError(
                    f"expected 1 to {end - len(runs)} runs from the {self.kind} sandbox, got {len(came)}"
                )
            for run in came:
                runs.append(run)
                if stop and stop(run):
                    return runs
                until_failure = until_failure and not failed(run)
            size *= 2
        return runs

    def check_usable(self) -> None:
        """See to it that this is open, and in its own process.

        Raises:
            SandboxError: it is not.
        """
        if self._closed:
            raise SandboxError(f"expected an open {self.kind} sandbox, got one that was closed; make a new one")
        if os.getpid() != self._process:
            raise SandboxError(
                f"expected the {self.kind} sandbox to be used in the process that made it, got one forked from it; "
                "make one in each process"
            )

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise UsageError(f"expected a {self.kind} sandbox to stay in its process; make one in each process")
