"""The actor on a node: a local sandbox, and the requests that come for it."""

import contextlib
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

    def run(self, calls: list[Call]) -> list[Answer]:
        """Answer some calls, one after the other."""
        for call in calls:
            self._contents.add(call.contents)
        began = time.monotonic()
        answers: list[Answer] = []
        with self._figures.at_work():
            for call in calls:
                late = answers and time.monotonic() - began > BATCH_S
                answers.append(NotBegun() if late else self._answer(call))
        self._figures.count(answers, self._contents.size)
        return answers

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
    """A node's figures, as metrics of Ray's dashboard.

    Args:
        name: of the node.
    """

    def __init__(self, name: str) -> None:
        from ray.util.metrics import Counter, Gauge

        tags = {"tag_keys": ("sandbox_node",)}
        self._tags = {"sandbox_node": name}
        self._requests = Counter("codegym_node_requests", "Requests that were answered.", **tags)
        self._runs = Counter("codegym_node_runs", "Programs that were run on an input.", **tags)
        self._errors = Counter("codegym_node_errors", "Requests that could not be answered.", **tags)
        self._cpu = Counter("codegym_node_cpu_seconds", "CPU seconds of programs.", **tags)
        self._busy = Gauge("codegym_node_busy", "Batches at work.", **tags)
        self._kept = Gauge("codegym_node_contents_bytes", "Bytes of inputs that are kept.", **tags)
        self._lock = threading.Lock()
        self._at_work = 0

    @contextlib.contextmanager
    def at_work(self) -> Any:
        """While a batch is worked on."""
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def _change(self, by: int) -> None:
        with self._lock:
            self._at_work += by
            self._busy.set(self._at_work, self._tags)

    def count(self, answers: list[Answer], kept: int) -> None:
        """Count what was done."""
        runs = [run for answer in answers if isinstance(answer, list) for run in answer]
        self._requests.inc(max(1, len(answers)), self._tags)
        if runs:
            self._runs.inc(len(runs), self._tags)
            self._cpu.inc(sum(run.cpu_s for run in runs) or 1e-9, self._tags)
        if errors := sum(isinstance(answer, CodegymError) for answer in answers):
            self._errors.inc(errors, self._tags)
        self._kept.set(kept, self._tags)
