"""Stable-Baselines3 and sb3-contrib: a ``VecEnv`` over one sandbox, and a policy for choices among candidates."""

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import DictInfoToList

from codegym.errors import UsageError
from codegym.integrations.choice import CANDIDATES
from codegym.integrations.libraries import missing
from codegym.vector import CodeRepairVectorEnv

try:
    from stable_baselines3.common.policies import ActorCriticPolicy
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
    from stable_baselines3.common.vec_env import VecEnv
    from torch import nn
except ImportError as error:
    raise missing("stable-baselines3", "sb3", error) from None

from codegym.integrations.networks import RowScores

_TAKEN = (gym.spaces.Box, gym.spaces.Discrete, gym.spaces.MultiDiscrete, gym.spaces.MultiBinary)


class CodeRepairVecEnv(VecEnv):
    """Episodes that step at once over one sandbox, as Stable-Baselines3 takes them.

    Spaces are the single ones of the vector environment; of its wrappers some must make numbers of text. Rewards are
    float32 of shape ``(num_envs,)``; ``terminal_observation`` and ``TimeLimit.truncated`` (False) are in the infos of
    an episode's end, as everywhere in Stable-Baselines3. Put ``VecMonitor`` around it for returns and lengths.

    Args:
        envs: of ``gym.make_vec("CodeRepairEnv-v0", autoreset_mode="SameStep", ...)``; closed with this one.

    Raises:
        UsageError: its mode is another one, or one of its spaces is text.
    """

    def __init__(self, envs: gym.vector.VectorEnv[Any, Any, Any]) -> None:
        inner = envs.unwrapped
        if not isinstance(inner, CodeRepairVectorEnv):
            raise UsageError(
                f"expected a vector environment of codegym, got {type(inner).__name__}; make it with gym.make_vec"
            )
        mode = envs.metadata["autoreset_mode"]
        if mode is not AutoresetMode.SAME_STEP:
            raise UsageError(f"expected a vector environment with autoreset_mode 'SameStep', got {mode.value!r}")
        for space in (envs.single_observation_space, envs.single_action_space):
            parts = space.spaces.values() if isinstance(space, gym.spaces.Dict) else [space]
            if not all(isinstance(part, _TAKEN) for part in parts):
                raise UsageError(
                    f"expected spaces of numbers, got {space!s:.60}; give the vector environment env_wrappers such as "
                    "codegym.integrations.choice.choice_wrappers()"
                )
        self.envs = envs
        self._single = inner.envs
        self._listed = DictInfoToList(envs)
        self._actions: Any = None
        self.render_mode = envs.render_mode
        super().__init__(envs.num_envs, envs.single_observation_space, envs.single_action_space)

    def reset(self) -> Any:
        """Begin all episodes, with the seeds of ``seed()`` if it was called since the last time."""
        seeds = None if all(seed is None for seed in self._seeds) else list(self._seeds)
        observations, infos = self._listed.reset(seed=seeds)  # type: ignore[arg-type]
        self.reset_infos = list(infos)
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: Any) -> None:
        """Keep the actions for :meth:`step_wait`."""
        self._actions = actions

    def step_wait(self) -> tuple[Any, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Observations, rewards, ends and infos of a step with these actions."""
        observations, rewards, terminations, truncations, infos = self._listed.step(self._actions)
        ends = terminations | truncations
        told: list[dict[str, Any]] = []
        for i, (info, end) in enumerate(zip(infos, ends, strict=True)):
            one = dict(info)
            if end:
                self.reset_infos[i] = {name: one[name] for name in one if name not in ("final_obs", "final_info")}
                one = {**one["final_info"], "terminal_observation": one["final_obs"]}
                one["TimeLimit.truncated"] = bool(truncations[i] and not terminations[i])
            told.append(one)
        return observations, rewards.astype(np.float32), ends, told

    def close(self) -> None:
        """Give back the sandbox."""
        self.envs.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Of each environment, the attribute of this name."""
        return [self._single[i].get_wrapper_attr(attr_name) for i in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set an attribute of each environment."""
        for i in self._get_indices(indices):
            self._single[i].set_wrapper_attr(attr_name, value)

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        """Of each environment, what its method of this name returns."""
        return [method(*method_args, **method_kwargs) for method in self.get_attr(method_name, indices)]

    def env_is_wrapped(self, wrapper_class: type[gym.Wrapper[Any, Any, Any, Any]], indices: Any = None) -> list[bool]:
        """Whether each environment has such a wrapper."""
        return [_is_wrapped(self._single[i], wrapper_class) for i in self._get_indices(indices)]

    def get_images(self) -> Sequence[Any]:
        """None: what is rendered is text."""
        return [None] * self.num_envs


def _is_wrapped(env: gym.Env[Any, Any], wrapper_class: type[gym.Wrapper[Any, Any, Any, Any]]) -> bool:
    while isinstance(env, gym.Wrapper):
        if isinstance(env, wrapper_class):
            return True
        env = env.env
    return False


class RowFeatures(BaseFeaturesExtractor):
    """:class:`~codegym.integrations.networks.RowScores` as features: one a candidate.

    Args:
        observation_space: of :mod:`codegym.integrations.choice`.
        candidates: how many.
    """

    def __init__(self, observation_space: gym.spaces.Box, candidates: int = CANDIDATES) -> None:
        super().__init__(observation_space, candidates)
        self.scores = RowScores(candidates, observation_space.shape[0] // (1 + candidates))

    def forward(self, observations: Any) -> Any:
        """The scores, of shape ``(batch, candidates)``."""
        return self.scores(observations)


class RowPolicy(ActorCriticPolicy):
    """A policy for ``PPO``, ``A2C`` and contrib's ``TRPO`` whose logits are the scores of the candidates.

    Arguments are those of ``ActorCriticPolicy``.
    """

    def __init__(self, observation_space: Any, action_space: Any, lr_schedule: Any, **options: Any) -> None:
        own = {
            "net_arch": [],
            "ortho_init": False,
            "features_extractor_class": RowFeatures,
            "features_extractor_kwargs": {"candidates": int(action_space.n)},
        }
        super().__init__(observation_space, action_space, lr_schedule, **{**own, **options})

    def _build(self, lr_schedule: Any) -> None:
        super()._build(lr_schedule)
        self.action_net = nn.Identity()
        self.optimizer = self.optimizer_class(self.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)
