"""Numbers in place of text: token ids as actions and as observations."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs

from codegym.env import Observation
from codegym.errors import UsageError
from codegym.wrappers.chat import dialogue_text, language_of

Ids = npt.NDArray[np.int64]


class Codec(Protocol):
    """Text as token ids, and back. Id 0 is padding and end; it is never part of a text.

    Attributes:
        size: number of ids, 0 included.
    """

    size: int

    def encode(self, text: str) -> list[int]:
        """The ids of a text, each from 1 to ``size - 1``; what has no id is left out or replaced."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """The text of such ids."""
        ...


class Bytes(Codec):
    """UTF-8: an id is a byte, so that all fit into uint8; NUL, which no Python program may have, is left out."""

    size = 256

    def encode(self, text: str) -> list[int]:
        """See :class:`Codec`; what UTF-8 cannot encode becomes a question mark."""
        return list(text.replace("\0", "").encode(errors="replace"))

    def decode(self, ids: Sequence[int]) -> str:
        """See :class:`Codec`; what is no UTF-8 becomes U+FFFD."""
        return bytes(ids).decode(errors="replace")


class Letters(Codec):
    """Tokens of a list, such as letters or words: id ``n + 1`` is the token ``n``.

    Args:
        tokens: texts, none empty and no two the same. In encoding the longest that fits comes first, and letters that
            begin no token are left out.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tuple(tokens)
        if not all(isinstance(token, str) and token for token in self.tokens) or not self.tokens:
            raise UsageError(f"expected tokens that are texts and not empty, got {list(tokens)!r:.80}")
        if len(set(self.tokens)) < len(self.tokens):
            raise UsageError("expected no token twice, got one; give each once")
        self.size = len(self.tokens) + 1
        self._ids = {token: number for number, token in enumerate(self.tokens, 1)}
        self._lengths = sorted({len(token) for token in self.tokens}, reverse=True)

    def encode(self, text: str) -> list[int]:
        """See :class:`Codec`."""
        ids, place = [], 0
        while place < len(text):
            fitting = (self._ids.get(text[place : place + length]) for length in self._lengths)
            found = next((number for number in fitting if number), 0)
            ids += [found] if found else []
            place += len(self.tokens[found - 1]) if found else 1
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """See :class:`Codec`."""
        return "".join(self.tokens[one - 1] for one in ids)


class TokenActions(gym.ActionWrapper[Any, Ids, str], RecordConstructorArgs):
    """Takes token ids for a program.

    Action space: of shape ``(length,)`` and dtype int64, ``MultiDiscrete([size] * length)`` or, with ``form="box"``,
    ``Box(0, size - 1)``. The program ends before the first 0. Observation space: as it was.

    Args:
        env: the environment, whose actions are text.
        codec: what the ids mean; by default bytes.
        length: ids of an action.
        form: ``multi_discrete`` or ``box``; many libraries take the latter for numbers that may lie between.
    """

    def __init__(
        self,
        env: gym.Env[Any, str],
        codec: Codec | None = None,
        length: int = 256,
        form: Literal["multi_discrete", "box"] = "multi_discrete",
    ) -> None:
        RecordConstructorArgs.__init__(self, codec=codec, length=length, form=form)
        super().__init__(env)
        _demand_length(length)
        if form not in ("multi_discrete", "box"):
            raise UsageError(f"expected form 'multi_discrete' or 'box', got {form!r}")
        self._codec = codec or Bytes()
        self.action_space = (
            spaces.Box(0, self._codec.size - 1, (length,), np.int64)
            if form == "box"
            else spaces.MultiDiscrete([self._codec.size] * length)
        )

    def action(self, action: Ids) -> str:
        """The program."""
        ids = checked_numbers(action, self.action_space)
        zeros = np.flatnonzero(ids == 0)
        return self._codec.decode(ids[: zeros[0] if len(zeros) else None].tolist())


class TokenObservation(gym.ObservationWrapper[Ids, Any, Observation], RecordConstructorArgs):
    """Shows the observation as token ids.

    Observation space: ``Box(0, size - 1, (length,), dtype)``, padded with 0 at the end. Action space: as it was.

    Args:
        env: the environment, with the observation of :class:`~codegym.env.CodeRepairEnv` or one that is text.
        codec: what the ids mean; by default bytes.
        length: ids of an observation.
        keep: which end of a text that is too long: ``start`` or ``end``.
        text: the text to show of an observation that is none; by default problem and dialogue.
        dtype: of the ids; must hold them.
    """

    def __init__(
        self,
        env: gym.Env[Observation, Any],
        codec: Codec | None = None,
        length: int = 1024,
        *,
        keep: Literal["start", "end"] = "end",
        text: Callable[[Observation], str] | None = None,
        dtype: npt.DTypeLike = np.int64,
    ) -> None:
        RecordConstructorArgs.__init__(self, codec=codec, length=length, keep=keep, text=text, dtype=dtype)
        super().__init__(env)
        _demand_length(length)
        if keep not in ("start", "end"):
            raise UsageError(f"expected to keep 'start' or 'end', got {keep!r}")
        self._codec = codec or Bytes()
        self._dtype = np.dtype(dtype)
        if self._dtype.kind not in "iu" or np.iinfo(self._dtype).max < self._codec.size - 1:
            raise UsageError(f"expected a dtype of whole numbers up to {self._codec.size - 1}, got {self._dtype}")
        mark = language_of(env).marks[0]
        self._length, self._keep = length, keep
        self._text = text or (lambda observation: dialogue_text(observation, mark))
        self.observation_space = spaces.Box(0, self._codec.size - 1, (length,), self._dtype.type)  # type: ignore[assignment, arg-type]

    def observation(self, observation: Observation) -> Ids:
        """The ids."""
        ids = self._codec.encode(observation if isinstance(observation, str) else self._text(observation))
        kept = ids[: self._length] if self._keep == "start" else ids[-self._length :]
        padded = np.zeros(self._length, dtype=self._dtype)
        padded[: len(kept)] = kept
        return padded


def checked_numbers(action: Any, space: spaces.Space[Any]) -> Ids:
    """The whole numbers of an action, whatever their width.

    Raises:
        UsageError: it is not in the space.
    """
    numbers = np.asarray(action)
    if numbers.dtype.kind not in "iu" or not space.contains(numbers.astype(space.dtype)):
        raise UsageError(f"expected an action in {space!s:.80}, got {action!r:.80}")
    return numbers.astype(np.int64)


def _demand_length(length: Any) -> None:
    if isinstance(length, bool) or not isinstance(length, int) or length < 1:
        raise UsageError(f"expected a length of at least 1, got {length!r}")
