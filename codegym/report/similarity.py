"""How much successive programs differ: 1 - chrF, between 0 (the same) and 1 (nothing in common)."""

import importlib
import importlib.util
from collections.abc import Iterable
from typing import Any

MISSING = "expected sacrebleu for the similarity of programs, got none; install it with 'pip install codegym[report]'"


def can_compare() -> bool:
    """Whether the library is installed; imports nothing."""
    return importlib.util.find_spec("sacrebleu") is not None


def distances(pairs: Iterable[tuple[str, str, int]]) -> list[tuple[int, float]]:
    """The turn of each pair and how far its later program is from the earlier one.

    Args:
        pairs: an earlier program, a later one, and the later one's turn.

    Raises:
        ImportError: there is no sacrebleu, see :func:`can_compare`.
    """
    chrf: Any = importlib.import_module("sacrebleu.metrics.chrf").CHRF()
    return [(turn, 1.0 - chrf.sentence_score(later, [earlier]).score / 100.0) for earlier, later, turn in pairs]
