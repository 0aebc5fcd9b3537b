"""Episodes over HTTP: so many at once, and none for longer than somebody steps it."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from pydantic import BaseModel, Field

from codegym.env import CodeRepairEnv
from codegym.server.gate import BusyError
from codegym.server.models import Program, Request, Text
from codegym.server.service import ERRORS, Service, closed_lips


class WrongTurnError(Exception):
    """The episode cannot be stepped so; its text is a sentence for the client."""


class NoEpisodeError(Exception):
    """There is no such episode."""


class ResetRequest(Request):
    """The episode that is wanted; see the environment's arguments and ``reset``."""

    problem_id: Text | None = None
    seed: int | None = Field(default=None, ge=0, lt=1 << 63)
    max_turns: int = Field(default=3, ge=1, le=100)
    feedback: Literal["all_failures", "first_failure", "all_tests", "none", "random"] = "all_failures"
    reward: Literal["outcome", "rlef", "fraction", "gain"] = "outcome"
    private: Literal["first_failure", "all"] | None = None
    language: str = "python"


class StepRequest(Request):
    """A program. With ``turn``, the programs so far, a step whose answer was lost may be sent again."""

    action: Annotated[Program, Field(max_length=1 << 20)]
    turn: int | None = Field(default=None, ge=0)


class ResetAnswer(BaseModel):
    """A new episode."""

    episode_id: str
    observation: dict[str, Any]
    info: dict[str, Any]


class StepAnswer(BaseModel):
    """What :meth:`codegym.env.CodeRepairEnv.step` returns."""

    observation: dict[str, Any]
    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]


@dataclass(slots=True)
class Session:
    """One episode.

    Attributes:
        env: its environment.
        used: when it was last stepped.
        turns: programs so far.
        busy: whether it is being stepped.
        last: the last answer, for whoever did not hear it.
    """

    env: CodeRepairEnv
    used: float = field(default_factory=time.monotonic)
    turns: int = 0
    busy: bool = False
    last: StepAnswer | None = None


class Sessions:
    """The episodes that are played.

    Args:
        service: whose.
    """

    def __init__(self, service: Service) -> None:
        self._most, self._idle_s = service.settings.sessions, service.settings.idle_s
        self._sessions: dict[str, Session] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._sessions)

    def expire(self) -> None:
        """Give up those that nobody steps."""
        oldest = time.monotonic() - self._idle_s
        for name, session in list(self._sessions.items()):
            if session.used < oldest and not session.busy:
                self.end(name)

    def begin(self, env: CodeRepairEnv) -> str:
        """Keep a new one, and name it.

        Raises:
            BusyError: there are as many as may be.
        """
        self.expire()
        if len(self) >= self._most:
            raise BusyError(f"expected room for an episode, but {len(self)} are played; end some, or try again later")
        name = secrets.token_urlsafe(18)
        self._sessions[name] = Session(env)
        return name

    def get(self, name: str) -> Session:
        """The episode of a name.

        Raises:
            NoEpisodeError: there is none.
        """
        self.expire()
        if name not in self._sessions:
            raise NoEpisodeError(
                f"expected an episode that is played, got {name[:40]!r}; one ends when it is deleted, or when nobody "
                f"steps it for {self._idle_s:g} s"
            )
        return self._sessions[name]

    def end(self, name: str) -> None:
        """Forget an episode."""
        self.get(name) if name not in self._sessions else self._sessions.pop(name).env.close()


def episode_routes(service: Service, sessions: Sessions) -> APIRouter:
    """``/v1/episodes``."""
    router = APIRouter(prefix="/v1/episodes", responses=ERRORS, tags=["episodes"])

    @router.post("", status_code=201)
    async def reset(asked: ResetRequest) -> ResetAnswer:
        """Begin an episode."""
        env = CodeRepairEnv(
            service.problems,
            max_turns=asked.max_turns,
            sandbox=service.sandbox,
            feedback=asked.feedback,
            reward=asked.reward,
            private=asked.private,
            language=asked.language,
        )
        options = {"problem_id": asked.problem_id} if asked.problem_id is not None else None
        observation, info = env.reset(seed=asked.seed, options=options)
        return ResetAnswer(episode_id=sessions.begin(env), observation=dict(observation), info=info)

    @router.post("/{episode_id}/step")
    async def step(request: HttpRequest, episode_id: str, asked: StepRequest) -> StepAnswer:
        """Step an episode with a program."""
        session = sessions.get(episode_id)
        if session.last is not None and asked.turn == session.turns - 1:
            return session.last
        if asked.turn not in (None, session.turns):
            raise WrongTurnError(f"expected a step of turn {session.turns}, got one of turn {asked.turn}")
        if session.busy:
            raise WrongTurnError("expected one step at a time, got a second one of the same episode")
        if session.last is not None and session.last.terminated:
            raise WrongTurnError("expected an episode that has not ended, got one that has; begin a new one")
        session.busy = True
        try:
            session.last = await service.gate.run(request, _stepped, session.env, asked.action)
            session.turns += 1
        finally:
            session.busy = False
            session.used = time.monotonic()
        return session.last

    @router.delete("/{episode_id}", status_code=204)
    async def end(episode_id: str) -> None:
        """End an episode."""
        sessions.end(episode_id)

    return router


def _stepped(env: CodeRepairEnv, action: str) -> StepAnswer:
    with closed_lips():
        observation, reward, terminated, truncated, info = env.step(action)
    return StepAnswer(
        observation=dict(observation), reward=reward, terminated=terminated, truncated=truncated, info=info
    )
