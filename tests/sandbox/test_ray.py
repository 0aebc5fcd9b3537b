"""Tests of Ray's part: nodes that go and come, work that is sent once, jobs that are done somewhere."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from codegym import Limits, make_sandbox
from codegym.errors import SandboxError, SandboxUnavailable, UsageError
from codegym.sandbox.cluster import in_ray
from codegym.sandbox.ray import RaySandbox
from tests.conftest import need

DOUBLE = "print(int(input()) * 2)"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head without programs, and two nodes of one core."""
    ray = pytest.importorskip("ray", reason="the extra 'ray' is not installed")
    need("bubblewrap")
    from ray.cluster_utils import Cluster

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **SMALL})
    for _ in range(2):
        cluster.add_node(num_cpus=1, resources={"boxes": 1}, **SMALL)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


SMALL: dict[str, Any] = {"object_store_memory": 100 << 20, "include_dashboard": False}


@pytest.fixture(scope="module")
def sandbox(cluster: Any) -> Iterator[RaySandbox]:
    """Boxes on both nodes."""
    with make_sandbox("ray", address=cluster.address, resource="boxes", local="bubblewrap") as sandbox:
        assert isinstance(sandbox, RaySandbox)
        wait_for(sandbox, 2)
        yield sandbox


def wait_for(sandbox: RaySandbox, nodes: int) -> None:
    give_up = time.monotonic() + 300
    while len(sandbox.nodes()) < nodes:
        assert time.monotonic() < give_up
        time.sleep(0.1)


def doubled(sandbox: RaySandbox, number: int) -> int:
    (run,) = sandbox.execute(DOUBLE, [b"%d" % number], Limits())
    return int(run.stdout)


def test_all_nodes_work(sandbox: RaySandbox) -> None:
    """With more callers than boxes, each gets its own answer, and no node is idle."""
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda n: doubled(sandbox, n), range(200))) == [2 * number for number in range(200)]
    assert all(node.done > 20 for node in sandbox.nodes())
    assert sandbox.workers == 2


def test_tests_are_sent_to_a_node_once(sandbox: RaySandbox) -> None:
    """However many programs are judged by them."""
    inputs = [b"%d\n" % number * 1000 for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: sandbox.execute(f"print({n})", inputs, Limits()), range(40)))
    sent = sum(node.sent_bytes for node in sandbox.nodes())
    size = sum(map(len, inputs))
    assert sent < 3 * size
    for number in range(20):
        sandbox.execute(f"print('again', {number})", inputs, Limits())
    assert sum(node.sent_bytes for node in sandbox.nodes()) < 3 * size


def test_an_actor_that_dies_is_replaced(sandbox: RaySandbox) -> None:
    """Its process is killed again and again under load: every answer is right all the same, and comes once."""
    over = threading.Event()

    def kill() -> None:
        while not over.wait(3.0):
            members = sandbox._fleet._ready()
            if len(members) == 2:
                pid = sandbox._fleet.ray.get(members[0].actor.__ray_call__.remote(lambda _: os.getpid()))
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with ThreadPoolExecutor(6) as threads:
            found = list(threads.map(lambda n: doubled(sandbox, n), range(600)))
    finally:
        over.set()
        killer.join()
    assert found == [2 * number for number in range(600)]


def test_a_program_that_fails_is_no_failure_of_a_node(sandbox: RaySandbox) -> None:
    """Nor is bad use: it is raised where it belongs, and no other node is tried."""
    (run,) = sandbox.execute("1 / 0", [b""], Limits())
    assert run.status == "runtime_error"
    done = sum(node.done for node in sandbox.nodes())
    with pytest.raises(UsageError, match="function"):
        sandbox.execute("x", [b""], Limits(), language="cpp", entry_point="f")
    assert sum(node.done for node in sandbox.nodes()) == done


def test_closing_while_it_works_ends_the_calls(cluster: Any) -> None:
    """With an error, and not never."""
    sandbox = make_sandbox("ray", address=cluster.address, resource="boxes", local="bubblewrap", workers=1)
    assert isinstance(sandbox, RaySandbox)
    wait_for(sandbox, 1)
    raised: list[BaseException] = []

    def call() -> None:
        try:
            sandbox.execute("import time; time.sleep(100)", [b""], Limits())
        except SandboxError as error:
            raised.append(error)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    while sum(node.at_work for node in sandbox.nodes()) < 2:
        time.sleep(0.05)
    sandbox.close()
    for thread in threads:
        thread.join()
    assert len(raised) == 6
    assert sandbox._fleet.ray.is_initialized()  # it was not started by the sandbox


def test_no_node_for_programs_is_one_sentence(cluster: Any) -> None:
    """Such as where none has the resource."""
    with pytest.raises(UsageError, match="expected a Ray cluster at 203"):
        make_sandbox("ray", address="203.0.113.1:6379")
    with make_sandbox("ray", address=cluster.address, resource="nonsense") as sandbox:
        assert isinstance(sandbox, RaySandbox)
        with pytest.raises(SandboxUnavailable, match="with the resource nonsense"):
            sandbox._fleet.members(patience=0.1)


class Squares:
    """Work for :func:`in_ray`: remembers nothing, and fails where it is told."""

    def __call__(self, job: int) -> int:
        if job == 13:
            raise ValueError("no luck")
        return job * job


def test_whole_jobs_are_done_on_nodes(cluster: Any) -> None:
    """Each result once; jobs are taken as they are needed."""
    taken: list[int] = []

    def jobs() -> Iterator[int]:
        for number in range(100, 200):
            taken.append(number)
            yield number

    results = in_ray(Squares(), jobs(), 2, address=cluster.address, resource="boxes")
    first = next(results)
    assert len(taken) < 50
    assert sorted([first, *results]) == [number * number for number in range(100, 200)]


def test_what_a_job_raises_is_raised(cluster: Any) -> None:
    """Where its result would have come, and the rest is given up."""
    ended = threading.Event()
    with pytest.raises(ValueError, match="no luck"):
        list(in_ray(Squares(), range(50), 2, address=cluster.address, resource="boxes", ending=ended.set))
    assert ended.is_set()


def test_nodes_go_and_come(sandbox: RaySandbox, cluster: Any) -> None:
    """One is killed and another joins while programs run: no answer is lost, wrong, or another one's."""
    before = {node.node for node in sandbox.nodes()}
    wait_for(sandbox, 2)
    answers: dict[int, int] = {}

    def ask(number: int) -> None:
        assert number not in answers
        answers[number] = doubled(sandbox, number)

    with ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(ask, number) for number in range(500)]
        asked[100].result()
        cluster.remove_node(sorted(cluster.worker_nodes, key=id)[0], allow_graceful=False)
        cluster.add_node(wait=False, num_cpus=1, resources={"boxes": 1}, **SMALL)
        for one in asked:
            one.result()
    assert answers == {number: 2 * number for number in range(500)}
    give_up = time.monotonic() + 300
    while not {node.node for node in sandbox.nodes()} - before:
        assert time.monotonic() < give_up
        time.sleep(0.1)
    assert doubled(sandbox, 21) == 42
