"""TorchRL's PPO learns which of five programs reads its input as the statement says.

    python examples/torchrl_ppo.py                                  # learns, in minutes
    python examples/torchrl_ppo.py --total-steps 64 --evaluate 8    # only shows that it runs

It wants ``pip install 'codegym[torchrl]'``. All episodes step at once over one sandbox.
"""

import argparse

import torch
from tensordict.nn import TensorDictModule
from torchrl.collectors import Collector
from torchrl.envs import ExplorationType, set_exploration_type
from torchrl.modules import ProbabilisticActor
from torchrl.objectives import ClipPPOLoss
from torchrl.objectives.value import GAE

from codegym.integrations.choice import PROBLEMS
from codegym.integrations.networks import RowActorCritic
from codegym.integrations.torchrl import make_env

TRAINING = f"{PROBLEMS}&seed=1&size=1000000"
HELD_OUT = f"{PROBLEMS}&seed=2&size=1000000"


def solve_rate(actor: ProbabilisticActor, episodes: int, num_envs: int) -> float:
    """The share of held-out problems that are solved by the policy as it acts."""
    env = make_env(num_envs, HELD_OUT)
    env.set_seed(0)
    with torch.no_grad(), set_exploration_type(ExplorationType.RANDOM):
        played = env.rollout(-(-episodes // num_envs), actor, break_when_any_done=False)
    env.close()
    rewards = played["next", "reward"].transpose(0, 1).flatten()[:episodes]
    return float((rewards > 0).float().mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--total-steps", type=int, default=3072)
    parser.add_argument("--num-envs", type=int, default=32)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--minibatch", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", type=int, default=200, help="episodes before and after")
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    network = RowActorCritic()
    actor = ProbabilisticActor(
        TensorDictModule(network.scores, in_keys=["observation"], out_keys=["logits"]),
        in_keys=["logits"],
        distribution_class=torch.distributions.Categorical,
        return_log_prob=True,
    )
    critic = TensorDictModule(network, in_keys=["observation"], out_keys=["scores", "state_value"])
    advantage = GAE(gamma=1.0, lmbda=0.95, value_network=critic, average_gae=True)
    loss = ClipPPOLoss(actor, critic, clip_epsilon=0.2, entropy_coeff=0.01, critic_coeff=0.5)
    optimizer = torch.optim.Adam(network.parameters(), lr=args.learning_rate)
    print(f"held-out solve rate before training: {solve_rate(actor, args.evaluate, args.num_envs):.2f}", flush=True)

    env = make_env(args.num_envs, TRAINING)
    env.set_seed(args.seed)
    batch = min(args.batch, args.total_steps)
    collector = Collector(
        env, actor, frames_per_batch=batch, total_frames=args.total_steps, auto_register_policy_transforms=True
    )
    for number, data in enumerate(collector, 1):
        for _ in range(args.epochs):
            with torch.no_grad():
                advantage(data)
            flat = data.reshape(-1)
            for rows in torch.randperm(len(flat)).split(args.minibatch):
                parts = loss(flat[rows])
                total = parts["loss_objective"] + parts["loss_critic"] + parts["loss_entropy"]
                optimizer.zero_grad()
                total.backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 0.5)
                optimizer.step()
        solved = (data["next", "reward"] > 0).float().mean()
        print(f"step {number * batch}: {solved:.2f} solved", flush=True)
    collector.shutdown()
    print(f"held-out solve rate after training: {solve_rate(actor, args.evaluate, args.num_envs):.2f}")


if __name__ == "__main__":
    main()
