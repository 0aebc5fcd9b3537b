"""codegym.env: the step that an event loop can await."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from codegym import CodeRepairEnv, Execution, SandboxError
from codegym.errors import UsageError
from codegym.sandbox import ScriptedSandbox
from tests.fakes import CRASH, PUBLIC_ONLY, RIGHT, WRONG, Failing, make_problem, printed, scripted

PROBLEMS = tuple(make_problem(f"double-{letter}") for letter in "abcde")


def make_env(**options: Any) -> CodeRepairEnv:
    defaults: dict[str, Any] = {"problems": PROBLEMS, "sandbox": scripted()}
    env = CodeRepairEnv(**(defaults | options))
    env.reset(seed=5)
    return env


class Gate(ScriptedSandbox):
    """Holds ``WRONG`` back until it is let through."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()
        super().__init__({WRONG: self._wait, RIGHT: lambda _, data: printed(f"{int(data) * 2}\n")})

    def _wait(self, *_: Any) -> Execution:
        self.entered.set()
        assert self.open.wait(60)
        return printed("no\n")


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 60))


async def until(event: threading.Event) -> None:
    """Let the loop go on until other threads have done something."""
    while not event.is_set():
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("options", [{}, {"feedback": "random", "reward": "gain"}], ids=str)
def test_it_is_the_same_step(options: dict[str, Any]) -> None:
    """An episode of awaited steps is that of plain steps, the next draws too."""
    env, other = make_env(**options), make_env(**options)

    async def play() -> None:
        for program in (CRASH, WRONG, PUBLIC_ONLY):
            assert await env.step_async(program) == other.step(program)

    run(play)
    assert env.clone_state() == other.clone_state()
    assert env.reset() == other.reset()


def test_the_loop_goes_on_meanwhile() -> None:
    """While one program runs, other episodes are stepped to their end."""
    sandbox = Gate()
    slow, *others = (make_env(sandbox=sandbox) for _ in range(30))

    async def play() -> None:
        waiting = asyncio.ensure_future(slow.step_async(WRONG))
        done = await asyncio.gather(*(env.step_async(RIGHT) for env in others))
        assert [reward for _, reward, *_ in done] == [1.0] * 29
        assert not waiting.done()
        sandbox.open.set()
        assert (await waiting)[1] == 0.0

    run(play)


def test_a_step_that_is_cancelled_leaves_the_episode_as_it_was() -> None:
    """Though its program runs on, its result is dropped, and the episode can be stepped at once."""
    sandbox = Gate()
    env = make_env(sandbox=sandbox)
    before = env.clone_state()

    async def play() -> None:
        step = asyncio.ensure_future(env.step_async(WRONG))
        await until(sandbox.entered)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        assert env.clone_state() == before
        assert (await env.step_async(RIGHT))[1] == 1.0
        sandbox.open.set()

    run(play)
    time.sleep(0.05)  # for the thread that runs on
    assert [turn["program"] for turn in env.clone_state().dialogue] == [RIGHT]


@pytest.mark.parametrize("meanwhile", ["step", "reset"])
def test_an_episode_has_one_step_at_a_time(meanwhile: str) -> None:
    """A step that finds the episode gone on says so, and what was done meanwhile stays."""
    sandbox = Gate()
    env = make_env(sandbox=sandbox)

    async def play() -> None:
        step = asyncio.ensure_future(env.step_async(WRONG))
        await until(sandbox.entered)
        if meanwhile == "step":
            await env.step_async(RIGHT)
        else:
            env.reset(options={"problem_id": "double-c"})
        after = env.clone_state()
        sandbox.open.set()
        with pytest.raises(UsageError, match="one step of an episode at a time"):
            await step
        assert env.clone_state() == after

    run(play)


def test_errors_are_those_of_step() -> None:
    """A bad action, a failing sandbox and an ended episode raise as in ``step``, and change nothing."""
    env = make_env(sandbox=Failing(scripted(), 0))
    before = env.clone_state()

    async def play() -> None:
        with pytest.raises(UsageError, match="expected a program as text"):
            await env.step_async(3)  # type: ignore[arg-type]
        with pytest.raises(SandboxError):
            await env.step_async(WRONG)
        assert env.clone_state() == before
        await env.step_async(RIGHT)
        with pytest.raises(UsageError, match=r"reset\(\)"):
            await env.step_async(RIGHT)

    run(play)


def test_siblings_share_all_but_the_episode() -> None:
    """They have the same problems and rules, and random numbers, seeds and episodes of their own."""
    env = make_env(max_turns=2)
    other = env.sibling()
    assert (other.problems, other.max_turns) == (env.problems, 2)
    with pytest.raises(UsageError, match=r"reset\(\)"):
        other.step(RIGHT)
    env.step(WRONG)
    assert other.reset(seed=5) == make_env(max_turns=2).reset(seed=5)
    assert len(env.clone_state().dialogue) == 1
    other.action_space.seed(0)
    assert other.action_space is not env.action_space


def test_closing_one_sibling_leaves_the_sandbox_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last that is closed gives it back."""
    closed: list[int] = []

    class Lease:
        sandbox = scripted()

        def __init__(self, kind: str) -> None: ...

        def close(self) -> None:
            closed.append(1)

    monkeypatch.setattr("codegym.process.SharedSandbox", Lease)
    env = CodeRepairEnv([make_problem()], sandbox="bubblewrap")
    other = env.sibling()
    for one in (env, other):
        one.reset(seed=0)
    env.step(WRONG)
    env.close()
    env.close()
    assert not closed
    other.step(WRONG)
    other.close()
    assert closed == [1]
