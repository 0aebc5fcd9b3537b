"""Arguments of a vector environment, checked: one for each of its environments."""

from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.error import CustomSpaceError
from gymnasium.vector.utils import iterate

from codegym.errors import UsageError
from codegym.spaces import Program


def each_action(
    actions: Any, batched: spaces.Space[Any], single: spaces.Space[Any], looked_at: np.ndarray
) -> list[Any]:
    """The action of each environment.

    Args:
        actions: of all.
        batched: their space.
        single: the space of one.
        looked_at: bool array: whose action matters.

    Raises:
        UsageError: there are not as many as environments, or one is none.
    """
    count = len(looked_at)
    try:
        given = [] if isinstance(actions, str) else list(iterate(batched, actions))
    except (TypeError, ValueError, CustomSpaceError):
        given = []
    if len(given) != count:
        got = repr(actions) if isinstance(actions, str) or not hasattr(actions, "__len__") else str(len(actions))
        raise UsageError(f"expected {count} actions, one for each environment, got {got[:60]}")
    for i, action in enumerate(given):
        if looked_at[i] and not _fits(single, action):
            raise UsageError(f"expected an action in {single}, got {action!r:.60} for environment {i}")
    return given


def _fits(space: spaces.Space[Any], action: Any) -> bool:
    """Whether one environment takes it: text need not be valid Unicode, numbers may be of any width."""
    if isinstance(space, Program):
        return isinstance(action, str) and len(action) <= space.max_length
    if isinstance(space, spaces.Box | spaces.MultiDiscrete | spaces.Discrete):
        numbers = np.asarray(action)
        return np.issubdtype(numbers.dtype, np.number) and bool(space.contains(numbers.astype(space.dtype)))
    return bool(space.contains(action))


def each_seed(seed: Any, count: int) -> list[int | None]:
    """The seed of each environment: numbers from ``seed`` on, those of a list, or none.

    Raises:
        UsageError: it is none of these.
    """
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool):
        return [int(seed) + i for i in range(count)]
    given = [None] * count if seed is None else list(seed) if isinstance(seed, list | tuple | np.ndarray) else []
    if len(given) != count or not all(one is None or isinstance(one, int | np.integer) for one in given):
        raise UsageError(f"expected a seed, or one for each of {count} environments, got {seed!r:.60}")
    return [None if one is None else int(one) for one in given]


def each_mask(mask: Any, count: int) -> np.ndarray:
    """Which environments are meant: by default all.

    Raises:
        UsageError: it is no bool array with one value for each, or none is true.
    """
    if mask is None:
        return np.ones(count, dtype=np.bool_)
    right = isinstance(mask, np.ndarray) and mask.dtype == np.bool_ and mask.shape == (count,)
    if not right or not mask.any():
        raise UsageError(f"expected reset_mask as a bool array of shape ({count},) with a true value, got {mask!r:.60}")
    return np.array(mask)


def each_problem(chosen: Any, count: int) -> list[Any]:
    """The problem id of each environment: the same for all, those of a list, or none.

    Raises:
        UsageError: the list has not as many.
    """
    if not isinstance(chosen, list | tuple | np.ndarray):
        return [chosen] * count
    if len(chosen) != count:
        raise UsageError(f"expected {count} problem ids, one for each environment, got {len(chosen)}")
    return [str(one) if isinstance(one, str) else one for one in chosen]
