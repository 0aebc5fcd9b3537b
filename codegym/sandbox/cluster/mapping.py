"""Whole jobs, such as episodes, on the nodes of a Ray cluster."""

import pickle
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, TypeVar

from codegym.errors import CodegymError
from codegym.sandbox.cluster.connection import Connection, import_ray
from codegym.sandbox.cluster.contents import Known
from codegym.sandbox.cluster.fleet import Fleet
from codegym.sandbox.cluster.members import Task
from codegym.sandbox.cluster.node import About

Job = TypeVar("Job")
Result = TypeVar("Result")


class Mapper:
    """The actor on a node: does one job after the other, in as many threads as Ray gives it.

    Args:
        work: what to do with a job.
    """

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self._work = work

    def about(self) -> About:
        """A sign of life, or what the work itself says of it."""
        about: Callable[[], About] = getattr(self._work, "about", About)
        return about()

    def run(self, data: bytes) -> bytes:
        """What came of each of a list of jobs: its result, or what was raised; both lists pickled."""
        dumps: Callable[[Any], bytes] = import_ray().cloudpickle.dumps
        return dumps([self._done(job) for job in pickle.loads(data)])

    def _done(self, job: Any) -> tuple[Any, Exception | None]:
        try:
            return self._work(job), None
        except Exception as error:  # it is raised where the results are taken, and where its class may be unknown
            known = isinstance(error, CodegymError) or type(error).__module__ == "builtins"
            return None, error if known else CodegymError(f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """End what the work holds on to, if it has a ``close``."""
        if close := getattr(self._work, "close", None):
            close()


class _Piece(Task):
    def __init__(self, job: Any) -> None:
        super().__init__()
        self._job = job

    def message(self, known: Known) -> Any:
        return self._job

    def settle(self, answer: Any, known: Known) -> bool:
        result, error = answer
        if error is not None:
            self.future.set_exception(error)
            return True
        return super().settle(result, known)


def in_ray(
    work: Callable[[Job], Result],
    jobs: Iterable[Job],
    concurrency: int | None = None,
    *,
    ending: Callable[[], object] | None = None,
    untaken: Callable[[Result], object] | None = None,
    address: str | None = None,
    resource: str | None = None,
) -> Generator[Result, None, None]:
    """As :func:`codegym.running.in_threads`, on the nodes of a Ray cluster: each result as it comes, in no order.

    A job that was on a node that was lost is done again on another; its result comes once all the same.

    Args:
        work: what to do with a job. It is pickled, sent to each node once, and called there from several threads; its
            ``close``, if it has one, is called at the end; its ``about``, if it has one, says whether a node is fit.
        jobs: the jobs, which are pickled; taken no sooner than there is need of them.
        concurrency: how many at once on each node; None for one a core that Ray knows of.
        ending: called at the end of all and at an error or interrupt, before the nodes are left.
        untaken: called at the end with each result that came and was not taken, as at an error or interrupt.
        address: of the cluster, see :class:`~codegym.sandbox.cluster.connection.Connection`.
        resource: only nodes that have this custom resource; None for all.

    Raises:
        SandboxUnavailable: there is no Ray, or no node of it that does anything.
        SandboxError: a job was lost with node after node.
    """
    connection = Connection(address, concurrency)
    fleet: Fleet | None = None
    running: set[Future[Result]] = set()
    came: list[Future[Result]] = []
    try:
        fleet = Fleet(
            lambda name, threads: (Mapper, (work,)),
            workers=concurrency,
            resource=resource,
            dumps=import_ray().cloudpickle.dumps,
        )
        left = iter(jobs)
        while True:
            most = 2 * sum(member.workers for member in fleet.members())
            for job in left:
                running.add(fleet.submit(_Piece(job)))
                if len(running) >= most:
                    break
            if not running:
                return
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            came = sorted(ended, key=lambda future: future.exception() is not None)  # an error comes last
            while came:
                yield came.pop(0).result()
    finally:
        if ending:
            ending()
        for future in (*came, *running):
            if untaken and future.done() and not future.cancelled() and future.exception() is None:
                untaken(future.result())
        if fleet:
            fleet.close()
        connection.close()
