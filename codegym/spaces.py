"""``Program``: the Gymnasium space of all text."""

from typing import Any

from gymnasium.error import CustomSpaceError
from gymnasium.spaces import Text
from gymnasium.vector.utils import create_shared_memory

_SAMPLED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 \n()=+:.,_")


class Program(Text):
    """Any Unicode text that UTF-8 can encode, of at most ``max_length`` characters.

    Gymnasium's own ``Text`` knows members by a list of allowed characters, which for all of Unicode takes seconds
    to build. Here the list only serves to sample, and samples are short.

    Args:
        max_length: characters at most.
        seed: for sampling.
    """

    LONGEST_SAMPLE = 64

    def __init__(self, max_length: int = 1 << 24, *, seed: int | None = None) -> None:
        super().__init__(max_length, min_length=0, charset=_SAMPLED, seed=seed)

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """A short random text; masks are as for ``Text``."""
        if mask is None and probability is None:
            length = int(self.np_random.integers(min(self.max_length, self.LONGEST_SAMPLE) + 1))
            mask = (length, None)
        return super().sample(mask, probability) if probability is not None else super().sample(mask)

    def contains(self, x: Any) -> bool:
        """Whether ``x`` is such a text."""
        if not isinstance(x, str) or len(x) > self.max_length:
            return False
        try:
            x.encode()
        except UnicodeEncodeError:
            return False
        return True

    def __repr__(self) -> str:
        """Without the alphabet."""
        return f"Program({self.max_length})"

    def __eq__(self, other: object) -> bool:
        """Equal where the length is."""
        return isinstance(other, Program) and self.max_length == other.max_length

    __hash__ = None  # type: ignore[assignment]


@create_shared_memory.register(Program)
def _refuse_shared_memory(space: Program, n: int = 1, ctx: Any = None) -> Any:
    raise CustomSpaceError(
        "expected shared_memory=False for an environment with text observations: text of any length does not fit "
        "shared memory; gym.make_vec(..., vectorization_mode='async', vector_kwargs={'shared_memory': False})"
    )
