"""OpenEnv: the environment as a server, and a client for it.

The server has one sandbox for all sessions. It checks no one's identity: bind it to an address that only your trainer
reaches.
"""

from typing import Any

from codegym.datasets import Source
from codegym.errors import UsageError
from codegym.integrations.libraries import missing
from codegym.integrations.text import TextEpisode, text_episode

try:
    from openenv.core.client_types import StepResult
    from openenv.core.env_client import EnvClient
    from openenv.core.env_server.http_server import create_fastapi_app
    from openenv.core.env_server.interfaces import Environment
    from openenv.core.env_server.types import Action, Observation, State
except ImportError as error:
    raise missing("openenv", "openenv", error) from None


class CodeAction(Action):
    """An answer: prose with a fenced program, or the program alone."""

    program: str


class CodeObservation(Observation):
    """What the agent sees; ``done`` and ``reward`` are OpenEnv's.

    Attributes:
        text: the problem after a reset, the feedback after a step.
        verdict: on the public tests, empty at reset.
        turns_left: programs that may still be sent.
        solved: whether the episode has ended with all tests passed.
    """

    text: str
    verdict: str = ""
    turns_left: int = 0
    solved: bool = False


class CodeState(State):
    """Where the episode stands; ``step_count`` and ``episode_id`` are OpenEnv's.

    Attributes:
        problem_id: which problem.
    """

    problem_id: str = ""


class CodeRepairEnvironment(Environment):
    """The server's side: one episode at a time.

    Args:
        episode: of its own.
    """

    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self, episode: TextEpisode) -> None:
        super().__init__()
        self._episode = episode
        self._id: str | None = None

    def reset(
        self, seed: int | None = None, episode_id: str | None = None, problem_id: str | None = None, **_: Any
    ) -> CodeObservation:
        """Begin an episode of the problem named, or of one that is drawn.

        Raises:
            ProblemError: no problem has this id.
        """
        self._id = episode_id
        return self._observed(self._episode.begin(problem_id, seed=seed), None)

    def step(self, action: CodeAction, timeout_s: float | None = None, **_: Any) -> CodeObservation:
        """Run a program; the limits of the problem hold, not ``timeout_s``.

        Raises:
            UsageError: there has been no ``reset``, or the episode has ended.
            SandboxError: it could not be run, through no fault of its own; the same step may be sent again.
        """
        if self._episode.ended:
            raise UsageError("expected reset() before step(), got an episode that has ended or not begun")
        told = self._episode.answer(action.program)
        return self._observed(told, self._episode.rewards[-1])

    @property
    def state(self) -> CodeState:
        """See :class:`CodeState`."""
        turns = len(self._episode.rewards)
        return CodeState(episode_id=self._id, step_count=turns, problem_id=self._episode.problem_id)

    def _observed(self, text: str, reward: float | None) -> CodeObservation:
        episode = self._episode
        return CodeObservation(
            done=episode.ended,
            reward=reward,
            text=text,
            verdict=episode.verdict,
            turns_left=0 if episode.ended else episode.max_turns - len(episode.rewards),
            solved=episode.solved,
        )


class CodeRepairClient(EnvClient):
    """The trainer's side: ``CodeRepairClient(base_url=...)``; see OpenEnv's ``EnvClient``."""

    def _step_payload(self, action: CodeAction) -> dict[str, Any]:
        return {"program": action.program}

    def _parse_result(self, payload: dict[str, Any]) -> Any:
        own = {"done": payload.get("done", False), "reward": payload.get("reward")}
        observation = CodeObservation(**{**payload["observation"], **own})
        return StepResult(observation=observation, reward=observation.reward, done=observation.done)

    def _parse_state(self, payload: dict[str, Any]) -> CodeState:
        return CodeState(**payload)


def create_app(problems: Source = "builtin", *, sessions: int = 64, **options: Any) -> Any:
    """The server, a FastAPI application: ``uvicorn.run(create_app(), host="127.0.0.1", port=8000)``.

    Args:
        problems: what is drawn from.
        sessions: at once, at most.
        options: further arguments of :class:`~codegym.env.CodeRepairEnv`.
    """
    first = text_episode(problems, **options)
    return create_fastapi_app(
        lambda: CodeRepairEnvironment(first.sibling()), CodeAction, CodeObservation, max_concurrent_envs=sessions
    )
