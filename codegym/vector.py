"""``CodeRepairVectorEnv``: many episodes that step at once over one sandbox."""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array

from codegym.batches import each_action, each_mask, each_problem, each_seed
from codegym.datasets import Source
from codegym.env import CodeRepairEnv
from codegym.errors import UsageError
from codegym.threads import SharedCalls, Threads

Wrap = Callable[[gym.Env[Any, Any]], gym.Env[Any, Any]]
Step = tuple[Any, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]


class _Advanced(NamedTuple):
    """What one environment gave; of ``infos`` the later ones win."""

    observation: Any
    reward: float
    terminated: bool
    truncated: bool
    infos: tuple[dict[str, Any], ...]


class CodeRepairVectorEnv(VectorEnv[Any, Any, np.ndarray]):
    """``num_envs`` episodes of :class:`~codegym.env.CodeRepairEnv`, whose programs run at once in one sandbox.

    It gives what ``num_envs`` single environments give, seeded ``seed``, ``seed + 1``, …: the same problems,
    observations, rewards and infos, in order, batched as Gymnasium batches them. ``gym.make_vec`` makes it.

    ## Spaces
    ``single_action_space`` and ``single_observation_space`` are those of the single environment (in its wrappers).
    Text is batched as a tuple of ``num_envs`` texts, so an action is a list or tuple of programs; ``turns_left`` is an
    array of int64 of shape ``(num_envs,)``. Rewards are float64, terminations and truncations bool, of that shape.

    ## Autoreset
    All three modes of Gymnasium: ``NextStep`` (an ended episode's next step is its reset; the action is not looked
    at), ``SameStep`` (it is reset at once; ``infos["final_obs"]`` and ``infos["final_info"]`` have its end) and
    ``Disabled`` (``reset(options={"reset_mask": mask})`` begins the episodes anew for which the bool array ``mask``,
    shape ``(num_envs,)``, is true).

    ## Options of reset
    Those of the single environment, for all; and ``problem_id`` may be a list of ``num_envs`` ids, None for one that
    is drawn.

    ## When something fails
    A program that fails is a result like any other. If one could not be run through no fault of its own, or Ctrl-C
    comes, the step is incomplete: what the other environments did is kept, and ``step`` with the same actions goes on
    with what is missing. ``reset`` of all drops it.

    ## Arguments
    ``num_envs``; ``problems`` and all keyword arguments of the single environment; ``autoreset_mode``;
    ``env_wrappers`` (callables, such as wrappers of :mod:`codegym.wrappers`, put around each single environment, the
    first one innermost). The attribute ``envs`` has the single environments.
    """

    metadata: dict[str, Any] = {**CodeRepairEnv.metadata, "autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(
        self,
        num_envs: int = 1,
        problems: Source = "builtin",
        *,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        env_wrappers: Sequence[Wrap] = (),
        **options: Any,
    ) -> None:
        if isinstance(num_envs, bool) or not isinstance(num_envs, int) or num_envs < 1:
            raise UsageError(f"expected num_envs to be a positive whole number, got {num_envs!r}")
        try:
            self._mode = AutoresetMode(autoreset_mode)
        except ValueError:
            modes = ", ".join(repr(mode.value) for mode in AutoresetMode)
            raise UsageError(f"expected autoreset_mode {modes}, got {autoreset_mode!r}") from None
        self._first = first = CodeRepairEnv(problems, **options)
        self.envs = [_wrapped(env, env_wrappers) for env in (first, *(first.sibling() for _ in range(num_envs - 1)))]
        self.num_envs = num_envs
        self.metadata = {**self.envs[0].metadata, "autoreset_mode": self._mode}
        self.autoreset_mode = self._mode
        self.render_mode = first.render_mode
        self.single_action_space = self.envs[0].action_space
        self.single_observation_space = self.envs[0].observation_space
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self._observations: list[Any] = [None] * num_envs
        self._over = np.ones(num_envs, dtype=np.bool_)
        self._begun = False
        self._ended: list[tuple[Any, Any, bool, bool, dict[str, Any]] | None] = [None] * num_envs
        self._actions: list[Any] = []
        self._work: SharedCalls[_Advanced] | None = None
        self._called = False
        self._threads: Threads | None = None
        self._owner = 0  # the process whose threads do the work

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin all episodes, or those of a mask; runs nothing.

        Args:
            seed: of the first environment, the others having the numbers after it; or one for each.
            options: see the class.

        Raises:
            UsageError: an argument is not what it must be, or a step is incomplete and the mask leaves some out.
            ProblemError: no problem has this id.
        """
        seeds = each_seed(seed, self.num_envs)
        options = dict(options or {})
        mask = each_mask(options.pop("reset_mask", None), self.num_envs)
        chosen = each_problem(options.pop("problem_id", None), self.num_envs)
        if not self._begun and not mask.all():
            raise UsageError("expected a reset of all environments first, got one with a mask")
        if self._work and not mask.all():
            raise UsageError("expected the step that is incomplete to be ended by step_wait() or step(), got reset()")
        self._drop_work()
        infos: dict[str, Any] = {}
        for i in map(int, np.flatnonzero(mask)):
            one = options if chosen[i] is None else {**options, "problem_id": chosen[i]}
            self._observations[i], info = self.envs[i].reset(seed=seeds[i], options=one)
            infos = self._add_info(infos, info, i)
        self._over = self._over & ~mask
        self._begun = True
        return self._batched(), infos

    def step(self, actions: Any) -> Step:
        """One step of each environment: observations, rewards, terminations, truncations and infos, in order.

        Raises:
            UsageError: the actions are not what they must be, or there are no episodes to step.
            SandboxError: a program could not be run; see the class.
        """
        self._begin(actions)
        return self._end()

    def step_async(self, actions: Any) -> None:
        """Begin a step, which :meth:`step_wait` ends; programs run meanwhile.

        Raises:
            UsageError: as for :meth:`step`.
        """
        self._begin(actions)
        self._called = True

    def step_wait(self) -> Step:
        """End the step that :meth:`step_async` began.

        Raises:
            UsageError: there is none.
            SandboxError: a program could not be run; see the class.
        """
        if not self._called:
            raise UsageError("expected step_async() before step_wait(), got none")
        self._called = False
        return self._end()

    def render(self) -> tuple[Any, ...]:
        """What each environment renders."""
        return tuple(env.render() for env in self.envs)

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Of each environment, the attribute of this name, or what its method of this name returns."""
        found = self.get_attr(name)
        return tuple(one(*args, **kwargs) if callable(one) else one for one in found)

    def get_attr(self, name: str) -> tuple[Any, ...]:
        """Of each environment, the attribute of this name."""
        return tuple(env.get_wrapper_attr(name) for env in self.envs)

    def set_attr(self, name: str, values: Any) -> None:
        """Set an attribute of each environment: one value for all, or a list or tuple of one for each."""
        values = values if isinstance(values, list | tuple) else [values] * self.num_envs
        if len(values) != self.num_envs:
            raise UsageError(f"expected {self.num_envs} values for {name}, got {len(values)}")
        for env, value in zip(self.envs, values, strict=True):
            env.set_wrapper_attr(name, value)

    @property  # type: ignore[misc]
    def np_random(self) -> tuple[np.random.Generator, ...]:  # type: ignore[override]
        """The random numbers of each environment."""
        return self.get_attr("np_random")

    @property
    def np_random_seed(self) -> tuple[int | None, ...]:  # type: ignore[override]
        """The seed of each environment."""
        return self.get_attr("np_random_seed")

    def close_extras(self, **kwargs: Any) -> None:
        """Wait for programs that run, and give back the sandbox."""
        self._drop_work()
        for env in self.envs:
            env.close()

    def __del__(self) -> None:
        """Nothing: the garbage collector may come at any moment, and ``close`` waits."""

    def _begin(self, actions: Any) -> None:
        """Have programs run."""
        self._refuse_unready()
        actions = each_action(actions, self.action_space, self.single_action_space, ~self._over)
        work = self._work
        if work and not all(map(np.array_equal, actions, self._actions)):
            raise UsageError(
                "expected the actions of the step that is incomplete, got others; give the same again, or reset all"
            )
        if self._threads is None:
            best = self._first.steps_at_once(wrapped=self.envs[0] is not self._first)
            self._threads = Threads(min(self.num_envs, best or self.num_envs))
        self._actions, self._owner = actions, os.getpid()
        if work is None or work.complete:
            known = [_kept(outcome) for outcome in work.outcomes] if work else [None] * self.num_envs
            self._work = work = SharedCalls(self._advance, known)
        self._threads.share(work)

    def _end(self) -> Step:
        """Wait for them, and make one of what came."""
        self._refuse_unready()
        assert self._work
        self._work.wait()
        results: list[_Advanced] = []
        for outcome in self._work.outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            assert outcome
            results.append(outcome)
        infos: dict[str, Any] = {}
        for i, result in enumerate(results):
            self._observations[i] = result.observation
            for info in result.infos:
                infos = self._add_info(infos, info, i)
        rewards = np.array([result.reward for result in results], dtype=np.float64)
        terminations = np.array([result.terminated for result in results], dtype=np.bool_)
        truncations = np.array([result.truncated for result in results], dtype=np.bool_)
        step = self._batched(), rewards, terminations, truncations, infos
        if self._mode is not AutoresetMode.SAME_STEP:
            self._over = terminations | truncations
        self._work = None  # last: an interrupt before it leaves the step incomplete, so that it can be given again
        return step

    def _advance(self, i: int) -> _Advanced:
        """One environment's step, with the resets of its mode. Runs in a thread."""
        env = self.envs[i]
        if self._over[i]:
            observation, info = env.reset()
            return _Advanced(observation, 0.0, False, False, (info,))
        observation, reward, terminated, truncated, info = self._ended[i] or env.step(self._actions[i])
        infos: tuple[dict[str, Any], ...] = (info,)
        if self._mode is AutoresetMode.SAME_STEP and (terminated or truncated):
            self._ended[i] = observation, reward, terminated, truncated, info  # should the reset fail, and be repeated
            final = {"final_obs": observation, "final_info": info}
            observation, info = env.reset()
            infos = final, info
            self._ended[i] = None
        return _Advanced(observation, float(reward), terminated, truncated, infos)

    def _add_info(self, vector_infos: dict[str, Any], env_info: dict[str, Any], env_num: int) -> dict[str, Any]:
        """As Gymnasium does it, which makes a mask for each value, also where one is there."""
        for key, value in env_info.items():
            mask = vector_infos.get(f"_{key}")
            if mask is None or key not in vector_infos:
                super()._add_info(vector_infos, {key: value}, env_num)
                continue
            mask[env_num] = True
            if isinstance(value, dict) and key != "final_obs":
                self._add_info(vector_infos[key], value, env_num)
            else:
                vector_infos[key][env_num] = value
        return vector_infos

    def _drop_work(self) -> None:
        work, begun = self._work, self._begun
        if work and self._owner == os.getpid():  # a forked child has no such threads: nothing would ever end
            self._begun = False  # until it is gone, lest an interrupt leave a step that can never be ended
            work.drop()
        self._work, self._called, self._ended = None, False, [None] * self.num_envs
        self._begun = begun

    def _refuse_unready(self) -> None:
        if not self._begun:
            raise UsageError("expected reset() before step(), got none")
        if self._work and self._owner != os.getpid():
            raise UsageError("expected reset() of all in a process forked in the midst of a step, got another call")
        if self._called:
            raise UsageError("expected step_wait() after step_async(), got another step")
        if self._mode is AutoresetMode.DISABLED and self._over.any() and not self._work:
            ended = ", ".join(str(i) for i in np.flatnonzero(self._over)[:8])
            raise UsageError(
                f"expected no environment whose episode has ended, got {ended}; "
                "call reset(options={'reset_mask': terminations | truncations})"
            )

    def _batched(self) -> Any:
        """The observations in arrays and tuples that nobody else has."""
        fresh: Any = create_empty_array(self.single_observation_space, n=self.num_envs)
        return concatenate(self.single_observation_space, self._observations, fresh)


def _wrapped(env: gym.Env[Any, Any], wrappers: Sequence[Wrap]) -> gym.Env[Any, Any]:
    for wrap in wrappers:
        env = wrap(env)
    return env


def _kept(outcome: _Advanced | BaseException | None) -> _Advanced | None:
    """What was done before the step failed; nothing of what failed."""
    return None if isinstance(outcome, BaseException) else outcome
