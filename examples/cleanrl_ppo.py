"""PPO in one file, in the manner of CleanRL, that learns which of five programs reads its input as the statement says.

    python examples/cleanrl_ppo.py                     # learns, in minutes
    python examples/cleanrl_ppo.py --total-steps 64    # only shows that it runs

It wants ``pip install 'codegym[torch]'``. Every problem is a new one, and the last lines are of problems that it never
trained on.
"""

import argparse
import time
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode
from torch import nn

import codegym  # noqa: F401  (registers the environment)
from codegym.integrations.choice import PROBLEMS, choice_options, choice_wrappers
from codegym.integrations.networks import RowActorCritic

TRAINING = f"{PROBLEMS}&seed=1&size=1000000"
HELD_OUT = f"{PROBLEMS}&seed=2&size=1000000"


def make_envs(problems: str, num_envs: int) -> gym.vector.VectorEnv[Any, Any, Any]:
    return gym.make_vec(
        "CodeRepairEnv-v0",
        num_envs=num_envs,
        problems=problems,
        max_turns=1,
        autoreset_mode=AutoresetMode.SAME_STEP,
        env_wrappers=choice_wrappers(),
        **choice_options(),
    )


def policy_and_value(agent: RowActorCritic, observations: Any) -> tuple[torch.distributions.Categorical, torch.Tensor]:
    logits, value = agent(torch.as_tensor(observations))
    return torch.distributions.Categorical(logits=logits), value.squeeze(-1)


def solve_rate(agent: RowActorCritic, episodes: int, num_envs: int) -> float:
    """The share of held-out problems that are solved by the policy as it acts."""
    envs = make_envs(HELD_OUT, num_envs)
    observations, _ = envs.reset(seed=0)
    rewards: list[float] = []
    while len(rewards) < episodes:
        with torch.no_grad():
            choice = policy_and_value(agent, observations)[0].sample()
        observations, reward, *_ = envs.step(choice.numpy())
        rewards += reward.tolist()
    envs.close()
    return float(np.mean(np.array(rewards[:episodes]) > 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--total-steps", type=int, default=3072)
    parser.add_argument("--num-envs", type=int, default=32)
    parser.add_argument("--num-steps", type=int, default=8, help="of each environment between updates")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--minibatch", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--clip", type=float, default=0.2)
    parser.add_argument("--entropy", type=float, default=0.01)
    parser.add_argument("--gamma", type=float, default=1.0)
    parser.add_argument("--gae-lambda", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", type=int, default=200, help="episodes before and after")
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    agent = RowActorCritic()
    optimizer = torch.optim.Adam(agent.parameters(), lr=args.learning_rate)
    print(f"held-out solve rate before training: {solve_rate(agent, args.evaluate, args.num_envs):.2f}", flush=True)

    envs = make_envs(TRAINING, args.num_envs)
    observations, _ = envs.reset(seed=args.seed)
    started = time.monotonic()
    batch = args.num_envs * args.num_steps
    for update in range(1, max(1, args.total_steps // batch) + 1):
        kept: dict[str, list[Any]] = {name: [] for name in ("observation", "action", "logprob", "value")}
        rewards, ends = np.zeros((2, args.num_steps, args.num_envs), dtype=np.float32)
        for t in range(args.num_steps):
            with torch.no_grad():
                policy, value = policy_and_value(agent, observations)
                action = policy.sample()
            for name, one in (("action", action), ("logprob", policy.log_prob(action)), ("value", value)):
                kept[name].append(one)
            kept["observation"].append(torch.as_tensor(observations))
            observations, rewards[t], terminations, _, _ = envs.step(action.numpy())
            ends[t] = terminations

        seen = {name: torch.stack(all_) for name, all_ in kept.items()}
        with torch.no_grad():
            following = policy_and_value(agent, observations)[1]
        advantages = torch.zeros_like(seen["value"])
        last = torch.zeros(args.num_envs)
        for t in reversed(range(args.num_steps)):
            going_on = 1 - torch.as_tensor(ends[t])
            error = torch.as_tensor(rewards[t]) + args.gamma * following * going_on - seen["value"][t]
            last = error + args.gamma * args.gae_lambda * going_on * last
            advantages[t], following = last, seen["value"][t]
        flat = {name: all_.flatten(0, 1) for name, all_ in seen.items()}
        flat |= {"advantage": advantages.flatten(), "return": (advantages + seen["value"]).flatten()}

        for _ in range(args.epochs):
            for rows in torch.randperm(batch).split(args.minibatch):
                part = {name: all_[rows] for name, all_ in flat.items()}
                policy, value = policy_and_value(agent, part["observation"])
                ratio = (policy.log_prob(part["action"]) - part["logprob"]).exp()
                advantage = (part["advantage"] - part["advantage"].mean()) / (part["advantage"].std() + 1e-8)
                gain = torch.min(ratio * advantage, ratio.clamp(1 - args.clip, 1 + args.clip) * advantage).mean()
                value_loss = 0.5 * (value - part["return"]).square().mean()
                loss = value_loss - gain - args.entropy * policy.entropy().mean()
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
                optimizer.step()
        solved, seconds = float((rewards[ends > 0] > 0).mean()), time.monotonic() - started
        print(f"step {update * batch}: {solved:.2f} solved, {update * batch / seconds:.0f} steps/s", flush=True)
    envs.close()
    print(f"held-out solve rate after training: {solve_rate(agent, args.evaluate, args.num_envs):.2f}")


if __name__ == "__main__":
    main()
