"""codegym.integrations for OpenEnv and verifiers, with the libraries themselves."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from codegym.datasets import load_problems
from codegym.errors import UsageError
from tests.fakes import CRASH, RIGHT, WRONG, Failing, make_problem, scripted
from tests.integrations.libraries import need_library

pytestmark = pytest.mark.filterwarnings("ignore")
PROBLEMS = (make_problem("double-a"), make_problem("double-b"))


@contextmanager
def served(**options: Any) -> Iterator[str]:
    """A server on loopback."""
    need_library("openenv")
    uvicorn = need_library("uvicorn")
    from codegym.integrations.openenv import create_app

    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(PROBLEMS, **options)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_openenv_sessions_are_apart() -> None:
    """Two clients each play an episode of their own, with the rewards of the environment."""
    with served(sandbox=scripted()) as url:
        from codegym.integrations.openenv import CodeAction, CodeRepairClient

        with CodeRepairClient(base_url=url).sync() as one, CodeRepairClient(base_url=url).sync() as other:
            first = one.reset(problem_id="double-a")
            assert "Read an integer" in first.observation.text
            assert (first.done, first.observation.turns_left) == (False, 3)
            other.reset(problem_id="double-b")
            step = one.step(CodeAction(program=WRONG))
            assert (step.reward, step.done, step.observation.verdict) == (0.0, False, "wrong_answer")
            assert step.observation.turns_left == 2
            assert other.step(CodeAction(program=CRASH)).observation.verdict == "runtime_error"
            step = one.step(CodeAction(program=f"So:\n```python\n{RIGHT}```"))
            assert (step.reward, step.done, step.observation.solved) == (1.0, True, True)
            assert (one.state().problem_id, one.state().step_count) == ("double-a", 2)
            assert (other.state().problem_id, other.state().step_count) == ("double-b", 1)


def test_openenv_failures_leave_the_episode() -> None:
    """A step that could not be run may be sent again, and one after the end is refused."""
    need_library("openenv")
    from codegym.errors import SandboxError
    from codegym.integrations.openenv import CodeAction, CodeRepairEnvironment
    from codegym.integrations.text import text_episode

    environment = CodeRepairEnvironment(text_episode(PROBLEMS, sandbox=Failing(scripted(), 0)))
    with pytest.raises(UsageError, match="expected reset"):
        environment.step(CodeAction(program=RIGHT))
    environment.reset(seed=1)
    with pytest.raises(SandboxError):
        environment.step(CodeAction(program=RIGHT))
    assert environment.state.step_count == 0
    assert environment.step(CodeAction(program=RIGHT)).reward == 1.0


class Interaction:
    """A model that answers from a list, as verifiers lets an environment talk with it."""

    def __init__(self, answers: list[str], errors: list[str]) -> None:
        self.answers, self.heard = answers, [""]
        self.rewards: dict[str, float] = {}
        self.metrics: dict[str, float] = {}
        self.trace = SimpleNamespace(
            errors=errors,
            record_reward=lambda name, value, weight: self.rewards.update({name: value * weight}),
            record_metric=lambda name, value: self.metrics.update({name: value}),
        )

    async def turn(self, message: str = "") -> Any:
        self.heard.append(message)
        text = self.answers.pop(0) if self.answers else None
        return SimpleNamespace(terminated=text is None, last_reply=text or "")


def converse(answers: list[str], errors: list[str] | None = None) -> Interaction:
    from codegym.integrations import verifiers

    config = verifiers.CodeRepairTasksetConfig(id="codegym_tasks", problems="builtin", sandbox="bubblewrap")
    taskset = verifiers.CodeRepairTaskset(config)
    task = next(task for task in taskset if task.data.problem_id == "sum-of-two")
    private = load_problems("builtin")["sum-of-two"].private_tests
    assert not [test for test in private if f"{test.input}".strip() in task.data.model_dump_json()]
    talk = Interaction(answers, errors or [])

    @asynccontextmanager
    async def interaction(_: Any) -> Any:
        yield talk

    agents = SimpleNamespace(agent=SimpleNamespace(interaction=interaction))
    env = SimpleNamespace(config=SimpleNamespace(taskset=config))
    asyncio.run(verifiers.CodeRepairVerifiersEnv.run(env, task, agents))  # type: ignore[arg-type]
    return talk


def test_verifiers_plays_an_episode() -> None:
    """Feedback is the user's next message, and the trace gets the return of the episode."""
    need_library("verifiers")
    talk = converse(["print(1)", "```python\nprint(sum(map(int, input().split())))\n```", "never asked for"])
    assert "passes 0 of 2 public tests" in talk.heard[-1]
    assert talk.rewards == {"episode_return": 1.0}
    assert talk.metrics == {"solved": 1.0, "turns": 2.0}


def test_verifiers_counts_a_model_that_stops_and_not_one_that_could_not_be_asked() -> None:
    """Without further answers the episode ends with -1; with an error there is no reward."""
    need_library("verifiers")
    talk = converse(["print(1)"])
    assert (talk.rewards, talk.metrics["turns"]) == ({"episode_return": -1.0}, 1.0)
    assert converse([], ["the provider is away"]).rewards == {}
