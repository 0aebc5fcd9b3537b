"""codegym.integrations.sb3: what Stable-Baselines3 gets is what the single environments give."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from codegym.errors import UsageError
from codegym.integrations.choice import make_choice_env
from tests.fakes import make_problem, scripted
from tests.integrations.libraries import FAMILY, choice, need_library

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def sb3() -> Any:
    need_library("stable_baselines3")
    from codegym.integrations import sb3

    return sb3


def make_envs(sb3: Any, num_envs: int = 3, **more: Any) -> Any:
    options = choice(autoreset_mode="SameStep", **more)
    return sb3.CodeRepairVecEnv(gym.make_vec("CodeRepairEnv-v0", num_envs=num_envs, **options))


def test_steps_are_those_of_single_environments(sb3: Any) -> None:
    """Observations, rewards, ends and terminal observations equal those of as many single environments."""
    envs = make_envs(sb3)
    singles = [make_choice_env(FAMILY, sandbox=scripted(), max_turns=2) for _ in range(3)]
    envs.seed(7)
    first = envs.reset()
    expected = [env.reset(seed=7 + i)[0] for i, env in enumerate(singles)]
    assert np.array_equal(first, np.stack(expected))
    rng = np.random.default_rng(0)
    ends = 0
    for _ in range(20):
        actions = rng.integers(5, size=3)
        observations, rewards, dones, infos = envs.step(actions)
        assert rewards.dtype == np.float32
        for i, env in enumerate(singles):
            observation, reward, terminated, _, info = env.step(actions[i])
            assert (rewards[i], dones[i]) == (reward, terminated)
            assert (infos[i]["solved"], infos[i]["problem_id"]) == (info["solved"], info["problem_id"])
            if terminated:
                assert np.array_equal(infos[i]["terminal_observation"], observation)
                assert infos[i]["TimeLimit.truncated"] is False
                observation, info = env.reset()
                assert envs.reset_infos[i]["problem_id"] == info["problem_id"]
                ends += 1
            assert np.array_equal(observations[i], observation)
    assert ends
    envs.close()
    envs.close()


def test_what_it_cannot_take_is_refused(sb3: Any) -> None:
    """Text, other autoreset modes and other environments each give one sentence."""
    text = gym.make_vec("CodeRepairEnv-v0", num_envs=2, problems=[make_problem()], autoreset_mode="SameStep")
    with pytest.raises(UsageError, match="expected spaces of numbers"):
        sb3.CodeRepairVecEnv(text)
    with pytest.raises(UsageError, match="'SameStep', got 'NextStep'"):
        sb3.CodeRepairVecEnv(gym.make_vec("CodeRepairEnv-v0", num_envs=2, **choice()))
    with pytest.raises(UsageError, match="expected a vector environment of codegym"):
        sb3.CodeRepairVecEnv(gym.make_vec("CartPole-v1", num_envs=2, vectorization_mode="sync"))


def test_attributes_and_methods_reach_each_environment(sb3: Any) -> None:
    """What Stable-Baselines3 asks of environments by name."""
    from codegym.wrappers import CandidateChoice, RecordEpisode

    envs = make_envs(sb3)
    assert envs.get_attr("max_turns") == [2, 2, 2]
    assert envs.get_attr("max_turns", 1) == [2]
    envs.set_attr("note", "here", [0, 2])
    assert envs.get_attr("note", [0, 2]) == ["here", "here"]
    assert envs.env_is_wrapped(CandidateChoice) == [True] * 3
    assert envs.env_is_wrapped(RecordEpisode) == [False] * 3
    assert len(envs.env_method("reset", seed=1)) == 3


@pytest.mark.parametrize("name", ["stable_baselines3.PPO", "stable_baselines3.A2C", "sb3_contrib.TRPO"])
def test_algorithms_train_and_predict(sb3: Any, name: str, tmp_path: Any) -> None:
    """Some steps of each, and its policy is the same once it was saved and loaded."""
    library, _, algorithm = name.partition(".")
    make = getattr(need_library(library), algorithm)
    envs = make_envs(sb3)
    model = make(sb3.RowPolicy, envs, n_steps=4, seed=0).learn(24)
    model.save(tmp_path / "model.zip")
    loaded = make.load(tmp_path / "model.zip")
    observations = envs.reset()
    expected = model.predict(observations, deterministic=True)[0]
    assert np.array_equal(loaded.predict(observations, deterministic=True)[0], expected)
