"""Boxes on the nodes of a Ray cluster: an actor on each node owns a local sandbox."""

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from codegym.errors import UsageError
from codegym.sandbox.base import Conversation, Execution, Side
from codegym.sandbox.cluster.connection import Connection
from codegym.sandbox.cluster.contents import Known, Part, part
from codegym.sandbox.cluster.fleet import Fleet
from codegym.sandbox.cluster.members import Task
from codegym.sandbox.cluster.node import Call, Missing, Node, NotBegun
from codegym.sandbox.remote import Order, RemoteSandbox

SMALL_INPUTS = 32
SMALL_BYTES = 1 << 16
"""A request of so few inputs and bytes at most may share its way with others."""


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """What one node does.

    Attributes:
        node: Ray's id of it.
        address: where it is.
        sandbox: the kind of its boxes.
        workers: how many it has.
        at_work: requests that it has just now.
        done: requests that it has answered.
        sent_bytes: bytes of tests' inputs and files that were sent to it.
    """

    node: str
    address: str
    sandbox: str
    workers: int
    at_work: int
    done: int
    sent_bytes: int


class _Request(Task):
    """A call on its way to some node."""

    def __init__(self, call: Call, parts: tuple[Part, ...]) -> None:
        super().__init__()
        self._call, self._parts = call, parts
        size = sum(len(one.data) for one in parts)
        self.small = call.order is not None and call.end - call.begin <= SMALL_INPUTS and size <= SMALL_BYTES

    def message(self, known: Known) -> Call:
        """The call, with the contents that the node does not have."""
        return replace(self._call, contents=known.unknown(self._parts))

    def settle(self, answer: Any, known: Known) -> bool:
        """The answer, unless the node lacks contents or had no time."""
        if isinstance(answer, Missing):
            known.forget(answer.names)
            return False
        return not isinstance(answer, NotBegun) and super().settle(answer, known)


class RaySandbox(RemoteSandbox):
    """A sandbox on each node of a Ray cluster.

    A call waits until a node has a place for it. Inputs of a problem's tests are sent to a node once, and named by
    their digest from then on. A call whose node is lost, or cannot do it, is done by another. New nodes are used as
    they come.

    Args:
        workers: boxes on each node; by default one a core that Ray knows of.
        address: of the cluster, as for ``ray.init``; see :class:`~codegym.sandbox.cluster.connection.Connection`. By
            default a Ray of our own is started on this machine, and shut down by ``close``.
        local: kind of the nodes' own sandboxes; ``auto`` takes Docker or bubblewrap, by what a node has.
        resource: only nodes that have this custom resource; by default all.

    Raises:
        SandboxUnavailable: Ray is not installed, the cluster does not answer, or programs run on no node of it.
        UsageError: an argument is not what it must be.
    """

    kind = "ray"

    def __init__(
        self,
        workers: int | None = None,
        *,
        address: str | None = None,
        local: str = "auto",
        resource: str | None = None,
    ) -> None:
        super().__init__()
        if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
            raise UsageError(f"expected a positive number of workers, got {workers!r}")
        if local not in ("auto", "docker", "bubblewrap", "landlock"):
            raise UsageError(
                f"expected nodes with sandboxes of kind auto, docker, bubblewrap or landlock, got {local!r}"
            )
        connection = Connection(address, workers)
        try:
            self._fleet = Fleet(lambda name, boxes: (Node, (local, boxes, name)), workers=workers, resource=resource)
        except BaseException:
            connection.close()
            raise
        self._finalizer = weakref.finalize(self, _end, self._fleet, connection)
        self._proven = False

    @property
    def workers(self) -> int:
        """Boxes of all nodes together, just now."""
        return sum(member.workers for member in self._fleet.members())

    def nodes(self) -> list[NodeFigures]:
        """The nodes that take work just now, and what they do. Ray's own metrics have more of it."""
        return [
            NodeFigures(
                member.name,
                member.address,
                member.about.kind,
                member.workers,
                sum(map(len, member.requests.values())),
                member.done,
                member.known.sent_bytes,
            )
            for member in self._fleet.members()
        ]

    def request(self, order: Order, begin: int, end: int, until_failure: bool) -> list[Execution]:
        """See :class:`~codegym.sandbox.remote.RemoteSandbox`."""
        parts = (part(order.inputs), part(order.files)) if order.files else (part(order.inputs),)
        bare = replace(order, inputs=(), files=())
        call = Call(tuple(one.digest for one in parts), bare, begin, end, until_failure)
        runs: list[Execution] = self._ask(_Request(call, parts))
        return runs

    def converse(self, program: Side, interactor: Side, *, accepts: int = 0) -> Conversation:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        self.check_usable()
        parts = part(program), part(interactor)
        call = Call(tuple(one.digest for one in parts), accepts=accepts)
        said: Conversation = self._ask(_Request(call, parts))
        return said

    def _ask(self, request: _Request) -> Any:
        if not self._proven:
            self._fleet.members()  # raises where programs run on no node
            self._proven = True
        future = self._fleet.submit(request)
        try:
            return future.result()
        finally:
            future.cancel()  # where Ctrl-C came between, and nobody has begun

    def languages(self) -> tuple[str, ...]:
        """The languages whose programs can be run on every node."""
        self.check_usable()
        ray = self._fleet.ray
        asked = [
            member.actor.languages.options(concurrency_group="beside").remote() for member in self._fleet.members()
        ]
        first, *others = ray.get(asked)
        return tuple(name for name in first if all(name in other for other in others))

    def protections(self) -> Mapping[str, str]:
        """Those of each kind of sandbox that the nodes have."""
        self.check_usable()
        found = {member.about.kind: member.about.protections for member in self._fleet.members()}
        return {f"{kind}: {name}": words for kind, had in sorted(found.items()) for name, words in had.items()}

    def close(self) -> None:
        """End all boxes, and Ray itself if it was started for this."""
        self._closed = True
        self._finalizer()


def _end(fleet: Fleet, connection: Connection) -> None:
    fleet.close()
    connection.close()
