"""Tests of what sandboxes with boxes elsewhere share, over one that is not so far."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym import Execution, Limits
from codegym.errors import SandboxError
from codegym.sandbox.cluster.contents import Contents, Known, part
from codegym.sandbox.http import MOST_BYTES, MOST_INPUTS, _fitting
from codegym.sandbox.remote import FIRST_INPUTS, Order, RemoteSandbox, failed


class Near(RemoteSandbox):
    """Runs by a function of the input; keeps what each request asked for; gives at most so many runs at once."""

    kind = "near"

    def __init__(self, run: Any, most: int = 1000) -> None:
        super().__init__()
        self.asked: list[tuple[int, int, bool]] = []
        self._run, self._most = run, most

    def request(self, order: Order, begin: int, end: int, until_failure: bool) -> list[Execution]:
        self.asked.append((begin, end, until_failure))
        runs = []
        for data in order.inputs[begin:end][: self._most]:
            runs.append(self._run(data))
            if until_failure and failed(runs[-1]):
                break
        return runs

    def protections(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        self._closed = True


def well(data: Any) -> Execution:
    return Execution("ok", 0, stdout=data)


@given(st.lists(st.booleans(), max_size=200), st.integers(1, 50), st.integers(0, 200))
def test_every_input_is_run_once_and_in_order(failures: list[bool], most: int, wanted: int) -> None:
    """However few runs an answer has, whatever fails, and wherever the caller stops."""
    inputs = [b"%d %d" % (number, fails) for number, fails in enumerate(failures)]
    sandbox = Near(lambda data: Execution("runtime_error" if data.endswith(b"1") else "ok", 0, stdout=data), most)
    seen: list[bytes] = []

    def stop(run: Execution) -> bool:
        seen.append(run.stdout)
        return len(seen) > wanted

    runs = sandbox.execute("x", inputs, Limits(), stop=stop)
    assert [run.stdout for run in runs] == seen == inputs[: wanted + 1]
    assert [run.stdout for run in sandbox.execute("x", inputs, Limits())] == inputs


def test_without_stop_there_is_one_request() -> None:
    """Nobody wants less than all."""
    sandbox = Near(well)
    sandbox.execute("x", [b""] * 500, Limits())
    assert sandbox.asked == [(0, 500, False)]


def test_little_runs_after_the_first_failure() -> None:
    """A failure of the program's own ends a request; after one that was not the end, none does any more."""
    sandbox = Near(lambda data: Execution("runtime_error", 1))
    sandbox.execute("x", [b""] * 100, Limits(), stop=failed)
    assert sandbox.asked == [(0, FIRST_INPUTS, True)]
    sandbox = Near(lambda data: Execution("runtime_error", 1))
    assert len(sandbox.execute("x", [b""] * 100, Limits(), stop=lambda run: False)) == 100
    assert [asked[2] for asked in sandbox.asked] == [True] + [False] * (len(sandbox.asked) - 1)
    assert len(sandbox.asked) < 8


@pytest.mark.parametrize("came", [0, 11])
def test_an_answer_of_another_length_is_an_error(came: int) -> None:
    """Rather than runs that belong to other inputs."""
    sandbox = Near(well)
    sandbox.request = lambda *_: [well(b"")] * came  # type: ignore[method-assign]
    with pytest.raises(SandboxError, match="expected 1 to 10 runs"):
        sandbox.execute("x", [b""] * 10, Limits())


@given(st.lists(st.lists(st.integers(0, 20), max_size=5), max_size=60))
def test_a_node_has_what_it_is_known_to_have(requests: list[list[int]]) -> None:
    """As long as it keeps at least as much as is remembered of it; and each content is sent once while it does."""
    known, contents = Known(capacity=2000), Contents(capacity=6000)
    for numbers in requests:
        parts = tuple(part(bytes([number]) * 100) for number in numbers)
        contents.add(known.unknown(parts))
        assert contents.missing(tuple(one.digest for one in parts)) == ()
        assert [contents.get(one.digest) for one in parts] == [bytes([number]) * 100 for number in numbers]
        assert contents.size <= 6000


def test_contents_are_sent_once() -> None:
    """However often they are used."""
    known = Known()
    parts = part([b"1 2\n"] * 100), part([b"3 4\n"] * 100)
    assert set(known.unknown(parts)) == {one.digest for one in parts}
    sent = known.sent_bytes
    assert sent == sum(len(one.data) for one in parts)
    for _ in range(100):
        assert known.unknown(parts) == {}
    assert known.sent_bytes == sent
    known.forget((parts[0].digest,))
    assert set(known.unknown(parts)) == {parts[0].digest}


def test_a_request_to_a_server_is_bounded() -> None:
    """In number and bytes of inputs; one that is larger by itself goes alone."""
    assert len(_fitting([b""] * (MOST_INPUTS + 1))) == MOST_INPUTS
    half, large = bytes(MOST_BYTES // 2), bytes(MOST_BYTES + 1)
    assert [len(_fitting(inputs)) for inputs in ([half] * 3, [large, b""], [b"", large])] == [2, 1, 1]
