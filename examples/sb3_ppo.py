"""Stable-Baselines3's PPO, or contrib's TRPO, learns which of five programs reads its input as the statement says.

    python examples/sb3_ppo.py                               # learns, in minutes
    python examples/sb3_ppo.py --algorithm trpo
    python examples/sb3_ppo.py --total-steps 64 --evaluate 8 # only shows that it runs

It wants ``pip install 'codegym[sb3]'``. All episodes step at once over one sandbox.
"""

import argparse

import gymnasium as gym
import numpy as np
import torch
from sb3_contrib import TRPO
from stable_baselines3 import PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import VecMonitor

import codegym  # noqa: F401  (registers the environment)
from codegym.integrations.choice import PROBLEMS, choice_options, choice_wrappers
from codegym.integrations.sb3 import CodeRepairVecEnv, RowPolicy

TRAINING = f"{PROBLEMS}&seed=1&size=1000000"
HELD_OUT = f"{PROBLEMS}&seed=2&size=1000000"
NUM_ENVS = 32


def make_envs(problems: str) -> VecMonitor:
    envs = gym.make_vec(
        "CodeRepairEnv-v0",
        num_envs=NUM_ENVS,
        problems=problems,
        max_turns=1,
        autoreset_mode="SameStep",
        env_wrappers=choice_wrappers(),
        **choice_options(),
    )
    return VecMonitor(CodeRepairVecEnv(envs))


def solve_rate(model: BaseAlgorithm, episodes: int) -> float:
    """The share of held-out problems that are solved by the policy as it acts."""
    envs = make_envs(HELD_OUT)
    envs.seed(0)
    observations = envs.reset()
    solved: list[bool] = []
    while len(solved) < episodes:
        choice, _ = model.predict(observations)
        observations, _, ends, infos = envs.step(choice)
        solved += [info["solved"] for info, end in zip(infos, ends, strict=True) if end]
    envs.close()
    return float(np.mean(solved[:episodes]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--algorithm", choices=("ppo", "trpo"), default="ppo")
    parser.add_argument("--total-steps", type=int, default=3072)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", type=int, default=200, help="episodes before and after")
    args = parser.parse_args()

    torch.set_num_threads(1)
    envs = make_envs(TRAINING)
    if args.algorithm == "ppo":
        model: BaseAlgorithm = PPO(
            RowPolicy, envs, n_steps=8, batch_size=64, n_epochs=4, learning_rate=1e-3, ent_coef=0.01, seed=args.seed
        )
    else:
        model = TRPO(RowPolicy, envs, n_steps=8, target_kl=0.05, seed=args.seed)
    print(f"held-out solve rate before training: {solve_rate(model, args.evaluate):.2f}", flush=True)
    model.verbose = 1
    model.learn(args.total_steps, log_interval=1)
    envs.close()
    print(f"held-out solve rate after training: {solve_rate(model, args.evaluate):.2f}")


if __name__ == "__main__":
    main()
