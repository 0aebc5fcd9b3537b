"""The actor on a node: a local sandbox, and the requests that come for it."""

import collections
import pickle
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codegym.errors import CodegymError, SandboxError
from codegym.sandbox.base import Conversation, Execution, Input, Sandbox
from codegym.sandbox.cluster.contents import Contents
from codegym.sandbox.factory import make_sandbox, try_out
from codegym.sandbox.remote import Order, failed

BATCH_S = 0.25
"""After so many seconds the rest of a batch goes back, so that no small request waits long for another one."""
_TELL_S = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes to a node.

    Attributes:
        names: digests of the parts that it is put together of: an order's inputs and, if there are any, its files; or
            the two sides of a conversation.
        order: what to execute, but for those; None for a conversation.
        begin: the first input.
        end: after the last one.
        until_failure: see :meth:`~codegym.sandbox.remote.RemoteSandbox.request`.
        accepts: see :meth:`~codegym.sandbox.base.Sandbox.converse`.
        contents: those of the parts that the node may not have yet.
    """

    names: tuple[bytes, ...]
    order: Order | None = None
    begin: int = 0
    end: int = 0
    until_failure: bool = False
    accepts: int = 0
    contents: dict[bytes, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """The answer where contents are needed again."""

    names: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class NotBegun:
    """The answer to the rest of a batch that took long."""


Inputs = tuple[bytes | Input, ...]
Files = tuple[tuple[str, bytes], ...]
Answer = list[Execution] | Conversation | CodegymError | Missing | NotBegun


@dataclass(frozen=True, slots=True)
class About:
    """What an actor says of itself.

    Attributes:
        trouble: why nothing can run there; empty if something can.
        kind: of its sandbox.
        protections: of its sandbox.
    """

    trouble: str = ""
    kind: str = ""
    protections: Mapping[str, str] = field(default_factory=dict)


class Node:
    """Owns a local sandbox. Ray runs its methods in threads.

    Args:
        kind: of the local sandbox; ``auto`` takes what the node has.
        workers: its boxes.
        name: of the node, for metrics.
    """

    def __init__(self, kind: str, workers: int, name: str) -> None:
        self._sandbox: Sandbox | None = None
        self._trouble = ""
        try:
            self._sandbox = make_sandbox(kind, workers=workers)
            try_out(self._sandbox)
        except CodegymError as error:
            self._trouble = str(error)
        self._contents = Contents()
        self._figures = Figures(name)

    def about(self) -> About:
        """Whether it can work, and how. Also tells that it is alive."""
        if self._sandbox is None or self._trouble:
            return About(self._trouble)
        return About("", self._sandbox.kind, dict(self._sandbox.protections()))

    def languages(self) -> tuple[str, ...]:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        return self._open().languages()

    def run(self, data: bytes) -> bytes:
        """Answer a list of calls, one after the other, with a list of answers; both pickled."""
        calls: list[Call] = pickle.loads(data)
        for call in calls:
            self._contents.add(call.contents)
        began = time.monotonic()
        answers: list[Answer] = []
        for call in calls:
            late = answers and time.monotonic() - began > BATCH_S
            answers.append(NotBegun() if late else self._answer(call))
        self._figures.count(answers, self._contents.size)
        return pickle.dumps(answers, 5)

    def close(self) -> None:
        """End the boxes."""
        if self._sandbox is not None:
            self._sandbox.close()

    def _answer(self, call: Call) -> Answer:
        if missing := self._contents.missing(call.names):
            return Missing(missing)
        try:
            values = [self._contents.get(name) for name in call.names]
        except KeyError:
            return Missing(call.names)
        try:
            if call.order is None:
                return self._open().converse(*values, accepts=call.accepts)
            return self._execute(call.order, call, *values)
        except CodegymError as error:
            return error

    def _execute(self, order: Order, call: Call, inputs: Inputs, files: Files = ()) -> list[Execution]:
        options: dict[str, Any] = {"stop": failed} if call.until_failure else {}
        return self._open().execute(
            order.program,
            inputs[call.begin : call.end],
            order.limits,
            entry_point=order.entry_point,
            room=order.room,
            language=order.language,
            files=files,
            **options,
        )

    def _open(self) -> Sandbox:
        if self._sandbox is None or self._trouble:
            raise SandboxError(f"expected a node on which programs can run, got one without: {self._trouble}")
        return self._sandbox


class Figures:
    """A node's figures, as metrics of Ray's dashboard. They are told once a second, for telling takes its time.

    Args:
        name: of the node.
    """

    def __init__(self, name: str) -> None:
        from ray.util.metrics import Counter, Gauge

        tags = {"tag_keys": ("sandbox_node",)}
        self._tags = {"sandbox_node": name}
        self._counters = {
            "requests": Counter("codegym_node_requests", "Requests that were answered.", **tags),
            "runs": Counter("codegym_node_runs", "Programs that were run on an input.", **tags),
            "errors": Counter("codegym_node_errors", "Requests that could not be answered.", **tags),
            "cpu_s": Counter("codegym_node_cpu_seconds", "CPU seconds of programs.", **tags),
        }
        self._kept = Gauge("codegym_node_contents_bytes", "Bytes of inputs that are kept.", **tags)
        self._lock = threading.Lock()
        self._counts: collections.Counter[str] = collections.Counter()
        self._told = time.monotonic()

    def count(self, answers: list[Answer], kept: int) -> None:
        """Count what was done; tell it if it is time."""
        now = time.monotonic()
        with self._lock:
            self._counts["requests"] += len(answers)
            for answer in answers:
                if isinstance(answer, list):
                    self._counts["runs"] += len(answer)
                    self._counts["cpu_s"] += sum(run.cpu_s for run in answer)  # type: ignore[assignment]
                elif isinstance(answer, CodegymError):
                    self._counts["errors"] += 1
            if now - self._told < _TELL_S:
                return
            self._told = now
            counts, self._counts = self._counts, collections.Counter()
        for name, number in counts.items():
            if number > 0:
                self._counters[name].inc(number, self._tags)
        self._kept.set(kept, self._tags)
