"""Tests of episodes over HTTP."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from codegym import CodeRepairEnv, Execution
from codegym.datasets import ProblemSet
from tests.fakes import PUBLIC_ONLY, RIGHT, WRONG, Failing, make_problem, scripted
from tests.server.conftest import Start


def begin(client: Any, **asked: Any) -> str:
    answer = client.post("/v1/episodes", json={"problem_id": "double", **asked})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["episode_id"])


def step(client: Any, name: str, action: str, **more: Any) -> Any:
    return client.post(f"/v1/episodes/{name}/step", json={"action": action, **more})


def test_an_episode_is_that_of_the_environment(start: Start) -> None:
    """Observation, reward and info are the same as in this process."""
    client = start()
    env = CodeRepairEnv(ProblemSet([make_problem()], "one"), sandbox=scripted())
    observation, info = env.reset(options={"problem_id": "double"})
    answer = client.post("/v1/episodes", json={"problem_id": "double"}).json()
    assert answer["info"] == info
    assert answer["observation"]["problem"] == observation["problem"]
    for program in (WRONG, PUBLIC_ONLY):
        observation, reward, terminated, truncated, info = env.step(program)
        got = step(client, answer["episode_id"], program).json()
        assert got["info"] == json.loads(json.dumps(info))
        assert (got["reward"], got["terminated"], got["truncated"]) == (reward, terminated, truncated)
        assert got["observation"]["dialogue"] == list(observation["dialogue"])
    assert terminated


def test_same_seed_same_problem(start: Start) -> None:
    """Drawing is the environment's."""
    client = start()
    drawn = [
        client.post("/v1/episodes", json={"seed": seed}).json()["info"]["problem_id"] for seed in (1, 1, 2, 3, 4, 5, 6)
    ]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 2


def test_a_lost_answer_can_be_asked_for_again(start: Start) -> None:
    """A step that names its turn is made once, however often it is sent."""
    sandbox = scripted()
    client = start(sandbox)
    name = begin(client)
    first = step(client, name, WRONG, turn=0).json()
    calls = len(sandbox.calls)
    assert step(client, name, WRONG, turn=0).json() == first
    assert len(sandbox.calls) == calls
    assert step(client, name, WRONG, turn=2).status_code == 409
    assert step(client, name, RIGHT, turn=1).json()["terminated"]
    assert step(client, name, RIGHT, turn=1).json()["terminated"]
    assert step(client, name, RIGHT).status_code == 409


def test_a_failing_sandbox_leaves_the_episode_as_it_was(start: Start) -> None:
    """It is 503, and the same step may be made again."""
    client = start(Failing(scripted(), 0))
    name = begin(client)
    assert step(client, name, RIGHT, turn=0).status_code == 503
    assert step(client, name, RIGHT, turn=0).json()["reward"] == 1.0


def test_one_step_at_a_time(start: Start) -> None:
    """A second step of the same episode is refused while the first is at work; that of another one is not."""
    go_on, began = threading.Event(), threading.Event()

    def slow(*_: Any) -> Execution:
        began.set()
        go_on.wait()
        return Execution("ok", 0)

    client = start(scripted(slow=slow), at_once=2)
    name, other = begin(client), begin(client)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(step, client, name, "slow")
        began.wait()
        assert step(client, name, RIGHT).status_code == 409
        assert step(client, other, RIGHT).status_code == 200
        go_on.set()
        assert first.result().json()["info"]["turn"] == 1


def test_there_are_so_many_and_no_more(start: Start) -> None:
    """Beyond them 429, until one ends."""
    client = start(sessions=2)
    names = [begin(client), begin(client)]
    answer = client.post("/v1/episodes", json={})
    assert (answer.status_code, answer.json()["error"]) == (429, "Busy")
    assert client.delete(f"/v1/episodes/{names[0]}").status_code == 204
    assert client.delete(f"/v1/episodes/{names[0]}").status_code == 404
    begin(client)


def test_an_idle_episode_is_given_up(start: Start) -> None:
    """After its time nobody finds it, and there is room for others."""
    client = start(sessions=1, idle_s=0.05)
    name = begin(client)
    time.sleep(0.1)
    answer = step(client, name, RIGHT)
    assert (answer.status_code, answer.json()["error"]) == (404, "NoEpisode")
    begin(client)


@pytest.mark.parametrize("name", ["nope", "x" * 5000, "%00", "..%2f..", "\ud83d\ude00"])
def test_no_such_episode(start: Start, name: str) -> None:
    """Whatever is asked for."""
    name = name.encode("utf-16", "surrogatepass").decode("utf-16")
    assert step(start(), name, RIGHT).status_code == 404


@pytest.mark.parametrize("asked", [{"max_turns": 0}, {"feedback": "x"}, {"seed": -1}, {"reveal_private": True}])
def test_what_an_episode_may_not_be(start: Start, asked: dict[str, Any]) -> None:
    """Bad options, and above all one that would show private tests."""
    assert start().post("/v1/episodes", json=asked).status_code == 422
