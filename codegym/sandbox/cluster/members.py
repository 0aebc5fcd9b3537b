"""What a fleet is made of: the nodes with our actors, and the tasks that they are given."""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from codegym.errors import SandboxError
from codegym.sandbox.cluster.connection import import_ray
from codegym.sandbox.cluster.contents import Known

MOST_TOGETHER = 8
"""Small tasks that go to a node in one request, if so many wait."""
MOST_LOSSES = 5
"""A task that failed on so many nodes, or was there when they were lost, is given up, for it may be what ends them."""

Build = Callable[[str, int], tuple[type, tuple[Any, ...]]]
"""From a node's name and workers: an actor's class, which has ``about``, ``run`` and ``close``, and its arguments."""


class Task:
    """Something to be done on a node.

    Attributes:
        future: what came of it, for whoever brought it.
        small: whether it may share a request with others.
        tried: the nodes that could not do it.
        losses: how many times it had to be done again.
    """

    small = False

    def __init__(self) -> None:
        self.future: Future[Any] = Future()
        self.tried: set[str] = set()
        self.losses = 0

    def message(self, known: Known) -> Any:
        """What is sent to the actor's ``run``, in a list with others."""
        raise NotImplementedError

    def settle(self, answer: Any, known: Known) -> bool:
        """Take the actor's answer, and put it into the future; False if it has to be asked once more."""
        self.future.set_result(answer)
        return True

    def wanted(self) -> bool:
        """Whether somebody still waits for it; from then on nobody can withdraw it."""
        return self.future.running() or self.future.set_running_or_notify_cancel()

    def may_again(self, error: SandboxError) -> bool:
        """Whether it is to be done again after a failure that is not its own; if not, it ends with the error."""
        self.losses += 1
        if self.losses >= MOST_LOSSES:
            self.future.set_exception(error)
        return self.losses < MOST_LOSSES


@dataclass(eq=False, slots=True)
class Member:
    """A node with our actor on it.

    Attributes:
        name: the node's id.
        address: where it is.
        workers: boxes or threads that it has.
        actor: the handle.
        about: what the actor said of itself; None until it did.
        asked: when it was asked for a sign of life that it has not given yet; 0 if it has.
        known: the contents that it has.
        requests: the tasks that it has, by the number of the request.
        done: tasks that it did.
    """

    name: str
    address: str
    workers: int
    actor: Any
    about: Any = None
    asked: float = 0.0
    known: Known = field(default_factory=Known)
    requests: dict[int, Sequence[Task]] = field(default_factory=dict)
    done: int = 0

    @property
    def free(self) -> int:
        """Requests that it takes: one more than it can do at once, so that it need not wait for the next."""
        return self.workers + 1 - len(self.requests) if self.about is not None else 0

    def silent_s(self) -> float:
        """For how many seconds it has owed a sign of life."""
        return time.monotonic() - self.asked if self.asked else 0.0


def has(node: dict[str, Any], resource: str | None) -> bool:
    """Whether a node, as Ray describes it, has a custom resource; each has None."""
    return resource is None or node["Resources"].get(resource, 0) > 0


def start(node: dict[str, Any], build: Build, workers: int | None, resource: str | None) -> Member:
    """A node with a new actor on it, which may not be there yet.

    Args:
        node: as Ray describes it.
        build: how the actor is made.
        workers: of the actor; None for as many as the node has cores.
        resource: a custom resource that it is to have.
    """
    ray = import_ray()
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    workers = workers or max(1, int(node["Resources"].get("CPU", 1)))
    actor_class, arguments = build(node["NodeID"], workers)
    options = {
        "num_cpus": 0,
        "resources": {resource: 0.001} if resource else None,
        "scheduling_strategy": NodeAffinitySchedulingStrategy(node["NodeID"], soft=False),
        "max_concurrency": workers + 1,
    }
    actor = ray.remote(concurrency_groups={"beside": 2})(actor_class).options(**options).remote(*arguments)
    return Member(node["NodeID"], node["NodeManagerAddress"], workers, actor)


def next_tasks(waiting: deque[Task], places: int) -> list[Task]:
    """Take the next task, with further small ones if more wait than there are places for requests."""
    most = min(MOST_TOGETHER, math.ceil(len(waiting) / places))
    tasks: list[Task] = []
    while waiting and len(tasks) < most:
        task = waiting[0]
        if tasks and not (task.small and tasks[0].small and not task.tried):
            break
        waiting.popleft()
        if task.wanted():
            tasks.append(task)
    return tasks


def in_words(error: BaseException) -> str:
    """The first sentence of one of Ray's long messages."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
