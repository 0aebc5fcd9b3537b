"""codegym.integrations for TorchRL, Tianshou and RLlib, with the libraries themselves."""

from typing import Any

import numpy as np
import pytest

from codegym.integrations.choice import make_choice_env
from tests.fakes import RIGHT, WRONG, make_problem, scripted
from tests.integrations.libraries import FAMILY, choice, need_library

pytestmark = pytest.mark.filterwarnings("ignore")


def test_scores_do_not_depend_on_the_place() -> None:
    """Candidates in another order get the same scores in that order, and the value stays as it is."""
    torch = need_library("torch")
    from codegym.integrations.networks import RowActorCritic

    network = RowActorCritic(candidates=4, width=16)
    ids = torch.randint(256, (3, 5, 16))
    order = torch.tensor([2, 0, 3, 1])
    scores, values = network(ids.flatten(1))
    moved, same = network(torch.cat([ids[:, :1], ids[:, 1:][:, order]], 1).flatten(1))
    assert torch.allclose(scores[:, order], moved, atol=1e-6)
    assert torch.allclose(values, same, atol=1e-6)
    assert (scores.shape, values.shape) == ((3, 4), (3, 1))


def test_torchrl_steps_as_the_single_environment() -> None:
    """A rollout of a batch has the rewards, ends and observations of a single environment."""
    torch = need_library("torch")
    need_library("torchrl")
    from codegym.integrations.torchrl import make_env

    env = make_env(2, **choice())
    env.set_seed(5)
    single = make_choice_env(FAMILY, sandbox=scripted(), max_turns=2)
    single.reset(seed=5)  # as set_seed does
    observation, _ = single.reset()
    actions = iter(torch.randint(5, (6, 2)))
    played = env.rollout(6, lambda _: next(actions), break_when_any_done=False)
    assert played.batch_size == (2, 6)
    for data in played[0]:
        assert data["observation"].tolist() == observation.tolist()
        observation, reward, terminated, _, _ = single.step(int(data["action"]))
        assert (float(data["next", "reward"]), bool(data["next", "terminated"])) == (reward, terminated)
        assert data["next", "observation"].tolist() == observation.tolist()
        if terminated:
            observation, _ = single.reset()
    assert played["next", "done"].sum() == 6
    env.close()


def test_torchrl_takes_programs_as_text() -> None:
    """An action is NonTensorData of a program, an observation of the dialogue."""
    need_library("torchrl")
    from tensordict import NonTensorData

    from codegym.integrations.torchrl import make_text_env

    env = make_text_env([make_problem()], sandbox=scripted())
    data = env.reset()
    assert "Read an integer" in data["observation"]
    for program, reward, done in ((WRONG, 0.0, False), (RIGHT, 1.0, True)):
        data["action"] = NonTensorData(program)
        data = env.step(data)
        assert (float(data["next", "reward"]), bool(data["next", "done"])) == (reward, done)
        data = env.step_mdp(data)
    assert "passes 0 of 2" in data["observation"]
    env.close()


def test_tianshou_steps_as_the_single_environment() -> None:
    """Observations, rewards and ends equal those of a single environment."""
    need_library("tianshou")
    from codegym.integrations.tianshou import make_venv

    options = choice()
    options.pop("env_wrappers")
    venv = make_venv(3, **options)
    single = make_choice_env(FAMILY, sandbox=scripted(), max_turns=2)
    venv.seed(4)
    observations, _ = venv.reset(seed=4)
    observation, _ = single.reset(seed=4)
    for action in (0, 3):
        assert np.array_equal(observations[0], observation)
        observations, rewards, terminations, _, _ = venv.step(np.array([action] * 3))
        observation, reward, terminated, _, _ = single.step(action)
        assert (rewards[0], terminations[0]) == (reward, terminated)
    venv.close()


def test_rllib_module_gives_logits_and_values() -> None:
    """Shapes of what RLlib asks for, with the spaces of the environment."""
    torch = need_library("torch")
    need_library("ray.rllib")
    from ray.rllib.core.rl_module.rl_module import RLModuleSpec

    from codegym.integrations.rllib import RowModule

    env = make_choice_env(FAMILY, candidates=4, width=32, sandbox=scripted())
    spec: Any = RLModuleSpec(
        module_class=RowModule, observation_space=env.observation_space, action_space=env.action_space
    )
    module = spec.build()
    batch = {"obs": torch.randint(256, (7, 5 * 32))}
    for forward in (module.forward_inference, module.forward_exploration, module.forward_train):
        assert forward(batch)["action_dist_inputs"].shape == (7, 4)
    assert module.compute_values(batch).shape == (7,)
