"""What a run showed: plain numbers of its episodes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from codegym.datasets.problem_set import DIFFICULTIES
from codegym.episode import Episode


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers of some episodes.

    Attributes:
        name: which.
        episodes: that ended.
        solved: of them.
        turns: mean number of turns.
    """

    name: str
    episodes: int
    solved: int
    turns: float

    @property
    def rate(self) -> float:
        """Share of the episodes solved."""
        return self.solved / self.episodes if self.episodes else 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers of a run.

    Attributes:
        total: all episodes that ended.
        by_difficulty: by the problem's difficulty.
        first_verdicts: how often each verdict came up on the public tests in turn 1.
        verdicts: how often each verdict was the last one.
        errors: episodes that could not end through our fault; they are in no other number.
    """

    total: Group
    by_difficulty: tuple[Group, ...]
    first_verdicts: dict[str, int]
    verdicts: dict[str, int]
    errors: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        groups = [self.total, *self.by_difficulty]
        return {
            "groups": [{**asdict(group), "rate": group.rate} for group in groups],
            "first_verdicts": self.first_verdicts,
            "verdicts": self.verdicts,
            "errors": self.errors,
        }


def summarize(episodes: Sequence[Episode]) -> Summary:
    """The numbers of episodes."""
    ended = [episode for episode in episodes if not episode.error]
    levels = sorted({e.difficulty for e in ended}, key=lambda d: (*DIFFICULTIES, d).index(d))
    return Summary(
        total=_group("all", ended),
        by_difficulty=tuple(_group(level, [e for e in ended if e.difficulty == level]) for level in levels),
        first_verdicts=dict(Counter(episode.turns[0].verdict for episode in ended).most_common()),
        verdicts=dict(Counter(episode.verdict for episode in ended).most_common()),
        errors=len(episodes) - len(ended),
    )


def _group(name: str, episodes: Sequence[Episode]) -> Group:
    turns = sum(len(episode.turns) for episode in episodes) / len(episodes) if episodes else 0.0
    return Group(name, len(episodes), sum(episode.solved for episode in episodes), turns)
