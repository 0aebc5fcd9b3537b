"""Tianshou's PPO learns which of five programs reads its input as the statement says.

    python examples/tianshou_ppo.py                                  # learns, in minutes
    python examples/tianshou_ppo.py --total-steps 64 --evaluate 8    # only shows that it runs

It wants ``pip install 'codegym[tianshou]'``.
"""

import argparse
from typing import Any

import gymnasium as gym
import torch
from tianshou.algorithm import PPO
from tianshou.algorithm.modelfree.reinforce import DiscreteActorPolicy
from tianshou.algorithm.optim import AdamOptimizerFactory
from tianshou.data import Collector, VectorReplayBuffer
from tianshou.trainer import OnPolicyTrainerParams
from tianshou.utils.net.common import ActionReprNet
from tianshou.utils.torch_utils import policy_within_training_step

from codegym.integrations.choice import CANDIDATES, PROBLEMS
from codegym.integrations.networks import RowActorCritic
from codegym.integrations.tianshou import make_venv

TRAINING = f"{PROBLEMS}&seed=1&size=1000000"
HELD_OUT = f"{PROBLEMS}&seed=2&size=1000000"


class Actor(ActionReprNet):
    """The scores of the candidates, as Tianshou asks for them."""

    def __init__(self, network: RowActorCritic) -> None:
        super().__init__()
        self.network = network

    def forward(self, obs: Any, state: Any = None, info: Any = None) -> tuple[torch.Tensor, Any]:  # noqa: D102
        return self.network.scores(torch.as_tensor(obs)), state


class Critic(torch.nn.Module):
    """The value."""

    def __init__(self, network: RowActorCritic) -> None:
        super().__init__()
        self.network = network

    def forward(self, obs: Any, **_: Any) -> torch.Tensor:  # noqa: D102
        value: torch.Tensor = self.network(torch.as_tensor(obs))[1]
        return value


def solve_rate(algorithm: PPO, episodes: int, num_envs: int) -> float:
    """The share of held-out problems that are solved by the policy as it acts."""
    collector = Collector(algorithm, make_venv(num_envs, HELD_OUT))
    collector.reset(gym_reset_kwargs={"seed": 0})
    with policy_within_training_step(algorithm.policy):
        played = collector.collect(n_episode=episodes)
    collector.close()
    return float((played.returns > 0).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--total-steps", type=int, default=3072)
    parser.add_argument("--num-envs", type=int, default=16)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", type=int, default=200, help="episodes before and after")
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    envs = make_venv(args.num_envs, TRAINING)
    envs.seed(args.seed)
    network = RowActorCritic()
    policy = DiscreteActorPolicy(actor=Actor(network), action_space=gym.spaces.Discrete(CANDIDATES))
    algorithm = PPO(
        policy=policy,
        critic=Critic(network),
        optim=AdamOptimizerFactory(lr=1e-3),
        gamma=1.0,
        max_grad_norm=0.5,
    )
    print(f"held-out solve rate before training: {solve_rate(algorithm, args.evaluate, args.num_envs):.2f}", flush=True)
    batch = min(args.batch, args.total_steps)
    collector = Collector(algorithm, envs, VectorReplayBuffer(batch, args.num_envs))
    params = OnPolicyTrainerParams(
        training_collector=collector,
        max_epochs=max(1, args.total_steps // batch),
        epoch_num_steps=batch,
        collection_step_num_env_steps=batch,
        update_step_num_repetitions=4,
        batch_size=64,
        show_progress=False,
        verbose=True,
    )
    algorithm.run_training(params)
    collector.close()
    print(f"held-out solve rate after training: {solve_rate(algorithm, args.evaluate, args.num_envs):.2f}")


if __name__ == "__main__":
    main()
