"""Work for the nodes of a cluster: an actor on each, no more work than they take at once, and again where one dies.

Nodes may come and go: new ones get an actor within a second or two, and what a lost one had at work is done by another.
All that happens is handled by one thread. Whoever brings a task waits for it, so that as many tasks wait as there are
callers, and no more.
"""

import contextlib
import pickle
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import count
from typing import Any

from codegym.errors import SandboxError, SandboxUnavailable
from codegym.sandbox.cluster.connection import import_ray
from codegym.sandbox.cluster.members import Build, Member, Task, has, in_words, next_tasks, start

PATIENCE_S = 300.0
"""How long tasks wait for a node while there is none, and how long a node may be silent."""
_LOOK_S = 1.0
_ASK_S = 5.0
_CLOSE_S = 10.0
_LAME_S = 5.0
"""How long a node goes without an actor after one was lost there."""
_UNFIT_S = 60.0
"""And after one found that nothing can run there."""


class Fleet:
    """The nodes, and the tasks for them.

    Args:
        build: how an actor is made.
        workers: of each node; None for as many as it has cores.
        resource: only nodes that have this custom resource; None for all.
        dumps: pickles what is sent; pickle's own is faster than Ray's, and enough for plain data.

    Raises:
        SandboxUnavailable: there is no Ray.
    """

    def __init__(
        self,
        build: Build,
        *,
        workers: int | None = None,
        resource: str | None = None,
        dumps: Callable[[Any], bytes] = pickle.dumps,
    ) -> None:
        self.ray = import_ray()
        self._build, self._workers, self._resource, self._dumps = build, workers, resource, dumps
        self._changed = threading.Condition(threading.RLock())
        self._waiting: deque[Task] = deque()
        self._members: dict[str, Member] = {}
        self._lame: dict[str, tuple[str, float]] = {}  # nodes without an actor for now: why, and until when
        self._without_since = time.monotonic()
        self._events: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._numbers = count()
        self._closed = False
        self._look()
        self._thread = threading.Thread(target=self._work, name="codegym-fleet", daemon=True)
        self._thread.start()

    def submit(self, task: Task) -> Future[Any]:
        """Have a task done; waits for nothing.

        Raises:
            SandboxError: the fleet is closed.
        """
        with self._changed:
            if self._closed:
                raise SandboxError("expected an open sandbox, got one that was closed; make a new one")
            self._waiting.append(task)
            self._hand_out()
        return task.future

    def members(self, patience: float = PATIENCE_S) -> list[Member]:
        """The nodes that take work, once there is one.

        Raises:
            SandboxUnavailable: there is none; the message says why of each.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._ready() or self._closed or (self._lame and not self._members), patience
            )
            if not (ready := self._ready()):
                raise SandboxUnavailable(self._why_none())
            return ready

    def close(self) -> None:
        """End the actors; may be called twice. What waits or is at work fails."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._fail_all("expected an open sandbox, got one that was closed while it worked")
            self._changed.notify_all()
        self._events.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join(_CLOSE_S)
        with contextlib.suppress(Exception):  # Ray itself may be gone, and then so is all that would be ended
            ended = [
                member.actor.close.options(concurrency_group="beside").remote() for member in self._members.values()
            ]
            self.ray.wait(ended, num_returns=len(ended), timeout=_CLOSE_S)
            for member in self._members.values():
                self.ray.kill(member.actor)

    def _work(self) -> None:
        """Handle what happens, until the fleet is closed."""
        try:
            self._work_on()
        except BaseException as error:
            with self._changed:
                self._closed = True
                self._fail_all(f"expected the nodes to be looked after, got {type(error).__name__}: {error}")
            raise

    def _work_on(self) -> None:
        looked = asked = time.monotonic()
        while True:
            with contextlib.suppress(queue.Empty):
                event = self._events.get(timeout=_LOOK_S)
                if event is None:
                    return
                with self._changed:
                    event()
                    self._hand_out()
                    self._changed.notify_all()
            now = time.monotonic()
            if now - looked < _LOOK_S:
                continue
            looked = now
            try:
                self._look()
                if now - asked >= _ASK_S:
                    asked = now
                    self._ask_all()
            except Exception as error:  # Ray was shut down, or its head is gone: whoever waits is to hear of it
                with self._changed:
                    self._members.clear()
                    self._fail_all(f"expected an answer of Ray, got {type(error).__name__}: {in_words(error)}")
            with self._changed:
                if self._waiting and not self._ready() and now - self._without_since > PATIENCE_S:
                    self._fail_all(self._why_none())
                self._hand_out()
                self._changed.notify_all()

    def _look(self) -> None:
        """See which nodes there are, and put an actor on each new one."""
        nodes = {node["NodeID"]: node for node in self.ray.nodes() if node["Alive"] and has(node, self._resource)}
        with self._changed:
            for name in self._members.keys() - nodes.keys():
                self._drop(self._members[name], "the node is gone", 0)
            now = time.monotonic()
            self._lame = {name: lame for name, lame in self._lame.items() if name in nodes}
            for name, node in nodes.items():
                if name not in self._members and self._lame.get(name, ("", 0.0))[1] <= now and not self._closed:
                    self._members[name] = start(node, self._build, self._workers, self._resource)
                    self._ask(self._members[name])

    def _ask(self, member: Member) -> None:
        """Ask for a sign of life."""
        member.asked = time.monotonic()

        def heard(about: Any) -> None:
            member.asked, member.about = 0.0, about
            if about.trouble:
                self._drop(member, about.trouble, _UNFIT_S)

        self._when_done(
            member.actor.about.options(concurrency_group="beside").remote(),
            heard,
            lambda error: self._drop(member, in_words(error), _LAME_S),
        )

    def _ask_all(self) -> None:
        with self._changed:
            for member in list(self._members.values()):
                if member.silent_s() > PATIENCE_S:
                    self._drop(member, f"it was silent for {PATIENCE_S:.0f} s", _LAME_S)
                elif not member.asked:
                    self._ask(member)

    def _when_done(self, reference: Any, done: Callable[[Any], None], broken: Callable[[BaseException], None]) -> None:
        """Have one of two functions called once there is a result.

        That is in a thread of Ray's, which must not wait, or else in the fleet's own.
        """

        def take(future: Future[Any]) -> None:
            error = future.exception()
            if error or not self._changed.acquire(blocking=False):
                self._events.put((lambda: broken(error)) if error else (lambda: done(future.result())))
                return
            try:
                done(future.result())
                if self._waiting:
                    self._events.put(lambda: None)  # it hands out
            finally:
                self._changed.release()

        reference.future().add_done_callback(take)

    def _hand_out(self) -> None:
        """Give the nodes what they take."""
        while self._waiting and not self._closed:
            task, ready = self._waiting[0], self._ready()
            if not {member.name for member in ready} - task.tried:
                task.tried.clear()
            free = [member for member in ready if member.free > 0 and member.name not in task.tried]
            if not free:
                return
            if tasks := next_tasks(self._waiting, sum(member.workers + 1 for member in ready)):
                self._send(max(free, key=lambda member: member.free / member.workers), tasks)

    def _send(self, member: Member, tasks: Sequence[Task]) -> None:
        number = next(self._numbers)
        member.requests[number] = tasks

        def done(answers: bytes) -> None:
            if tasks := member.requests.pop(number, ()):
                for task, answer in zip(tasks, self._read(answers, len(tasks)), strict=True):
                    self._settle(member, task, answer)

        def broken(error: BaseException) -> None:
            if not isinstance(error, self.ray.exceptions.RayTaskError):
                self._drop(member, in_words(error), _LAME_S)
                return
            for task in member.requests.pop(number, ()):
                task.future.set_exception(SandboxError(f"expected an answer of a node, got: {in_words(error)}"))

        try:
            reference = member.actor.run.remote(self._dumps([task.message(member.known) for task in tasks]))
        except Exception as error:  # the actor, or Ray itself, is gone
            gone = error
            self._events.put(lambda: broken(gone))
            return
        self._when_done(reference, done, broken)

    def _read(self, answers: bytes, number: int) -> list[Any]:
        try:
            found: list[Any] = pickle.loads(answers)
        except Exception as error:  # such as of a class that is not known here
            return [SandboxError(f"expected an answer that can be read, got {in_words(error)}")] * number
        return found

    def _settle(self, member: Member, task: Task, answer: Any) -> None:
        if isinstance(answer, SandboxError):
            task.tried.add(member.name)
            if not {other.name for other in self._ready()} - task.tried:
                task.future.set_exception(answer)
            elif task.may_again(answer):
                self._waiting.appendleft(task)
        elif isinstance(answer, Exception):
            task.future.set_exception(answer)
        elif task.settle(answer, member.known):
            member.done += 1
        else:
            self._waiting.appendleft(task)

    def _drop(self, member: Member, why: str, pause: float) -> None:
        """Do without a node; what it had at work is done by others."""
        if self._members.get(member.name) is not member:
            return
        del self._members[member.name]
        self._lame[member.name] = why, time.monotonic() + pause
        if not self._ready():
            self._without_since = time.monotonic()
        for tasks in member.requests.values():
            for task in tasks:
                if task.may_again(SandboxError(f"expected a node to stay, but it was lost again and again: {why}")):
                    self._waiting.appendleft(task)
        member.requests.clear()
        with contextlib.suppress(Exception):  # it may be dead, which is what is wanted
            self.ray.kill(member.actor)

    def _fail_all(self, why: str) -> None:
        at_work = [task for member in self._members.values() for tasks in member.requests.values() for task in tasks]
        for task in (*at_work, *self._waiting):
            if task.wanted():
                task.future.set_exception(SandboxError(why))
        self._waiting.clear()
        for member in self._members.values():
            member.requests.clear()

    def _ready(self) -> list[Member]:
        return [member for member in self._members.values() if member.about is not None]

    def _why_none(self) -> str:
        wanted = f" with the resource {self._resource}" if self._resource else ""
        reasons = "; ".join(sorted({why for why, _ in self._lame.values()})) or "no such node, or none that answered"
        return f"expected a node of the Ray cluster{wanted} that can run programs, got none: {reasons[:1000]}"
