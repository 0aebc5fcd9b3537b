"""What a run depends on."""

from dataclasses import asdict, dataclass, field
from typing import Any

from codegym.bench.options import Sampling, is_chat, templates_for
from codegym.feedback import Templates


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on, beside the problems and the sandbox.

    Attributes:
        agent: its name, see :func:`make_agent`.
        turns: turns an episode, at most.
        rollouts: episodes a problem.
        feedback: feedback mode.
        reward: name of the reward.
        extract: ``first`` or ``last`` fenced block of an answer, or ``raw``: the answer is the program.
        language: what programs are written in.
        seed: of the environments, and of what agents sample with.
        sampling: how models answer, and the texts that agents read.
    """

    agent: str
    turns: int = 3
    rollouts: int = 1
    feedback: str = "all_failures"
    reward: str = "outcome"
    extract: str = "raw"
    language: str = "python"
    seed: int = 0
    sampling: Sampling = field(default_factory=Sampling)

    @property
    def templates(self) -> Templates:
        """The texts that the agent reads."""
        return templates_for(self.agent, self.extract, self.sampling.templates, self.language)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "sampling": self.sampling.as_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Settings":
        """What :meth:`as_dict` gave.

        Raises:
            TypeError: it is no such thing.
        """
        return cls(**{**data, "sampling": Sampling(**data.get("sampling", {}))})


def default_extract(agent: str) -> str:
    """Where an agent's programs stand, if nothing else is said."""
    return "last" if is_chat(agent) else "raw"
