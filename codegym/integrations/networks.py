"""Networks for the observations of :mod:`codegym.integrations.choice`, in PyTorch."""

from codegym.integrations.choice import CANDIDATES, WIDTH
from codegym.integrations.libraries import missing

try:
    import torch
    from torch import nn
except ImportError as error:
    raise missing("torch", "torch", error) from None


class RowScores(nn.Module):
    """How well each candidate fits the statement.

    Bytes are embedded, as numbers they say little. All candidates go through the same weights, so that what is learnt
    of one place holds at every other.

    Args:
        candidates: rows after the first.
        width: bytes of a row.
        size: of the embedding.
        hidden: units of a layer.
    """

    def __init__(self, candidates: int = CANDIDATES, width: int = WIDTH, size: int = 8, hidden: int = 64) -> None:
        super().__init__()
        self._shape = (1 + candidates, width)
        self.embedding = nn.Embedding(256, size)
        self.statement = nn.Sequential(nn.Linear(width * size, hidden), nn.Tanh())
        self.candidate = nn.Sequential(nn.Linear(width * size, hidden), nn.Tanh())
        self.score = nn.Sequential(nn.Linear(3 * hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, observations: "torch.Tensor") -> "torch.Tensor":
        """Scores, float32 of shape ``(batch, candidates)``, of ids of shape ``(batch, (1 + candidates) * width)``."""
        rows = self.embedding(observations.long().reshape(*observations.shape[:-1], *self._shape)).flatten(-2)
        candidates = self.candidate(rows[..., 1:, :])
        statement = self.statement(rows[..., :1, :]).expand_as(candidates)
        scores: torch.Tensor = self.score(torch.cat([statement, candidates, statement * candidates], -1))
        return scores.squeeze(-1)


class RowActorCritic(nn.Module):
    """:class:`RowScores` as logits of the choice, and a value that looks at them in order of size.

    Args:
        candidates: as there.
        width: as there.
    """

    def __init__(self, candidates: int = CANDIDATES, width: int = WIDTH) -> None:
        super().__init__()
        self.scores = RowScores(candidates, width)
        self.value = nn.Linear(candidates, 1)

    def forward(self, observations: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
        """Logits of shape ``(batch, candidates)`` and values of shape ``(batch, 1)``."""
        scores = self.scores(observations)
        return scores, self.value(scores.sort().values)
