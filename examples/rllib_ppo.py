"""RLlib's PPO (new API stack, remote runners) learns which of five programs reads its input as the statement says.

    python examples/rllib_ppo.py                                # learns, in minutes
    python examples/rllib_ppo.py --iterations 1 --evaluate 8    # only shows that it runs

It wants ``pip install 'codegym[rllib]'``. Runners are processes of their own, each with a sandbox of its own, and find
the environment by its name.
"""

import argparse

import gymnasium as gym
import ray
import torch
from ray.rllib.algorithms.ppo import PPO, PPOConfig
from ray.rllib.core.rl_module.rl_module import RLModuleSpec

from codegym.integrations.choice import PROBLEMS
from codegym.integrations.rllib import ENV, RowModule

TRAINING = f"{PROBLEMS}&seed=1&size=1000000"
HELD_OUT = f"{PROBLEMS}&seed=2&size=1000000"


def solve_rate(algorithm: PPO, episodes: int) -> float:
    """The share of held-out problems that are solved by the policy as it acts."""
    module = algorithm.get_module()
    env = gym.make(ENV, problems=HELD_OUT)
    solved = 0
    for episode in range(episodes):
        observation, info = env.reset(seed=episode)
        terminated = False
        while not terminated:
            with torch.no_grad():
                logits = module.forward_inference({"obs": torch.as_tensor(observation)[None]})["action_dist_inputs"]
            observation, _, terminated, _, info = env.step(int(torch.distributions.Categorical(logits=logits).sample()))
        solved += info["solved"]
    env.close()
    return solved / episodes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--iterations", type=int, default=12, help="of --batch steps each")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--runners", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", type=int, default=200, help="episodes before and after")
    args = parser.parse_args()

    ray.init(address="local", num_cpus=args.runners + 1, include_dashboard=False, log_to_driver=False)
    config = (
        PPOConfig()
        .environment(ENV, env_config={"problems": TRAINING})
        .env_runners(num_env_runners=args.runners, num_envs_per_env_runner=8)
        .rl_module(rl_module_spec=RLModuleSpec(module_class=RowModule))
        .training(
            train_batch_size_per_learner=args.batch,
            minibatch_size=64,
            num_epochs=4,
            lr=1e-3,
            gamma=1.0,
            entropy_coeff=0.01,
            use_kl_loss=False,
        )
        .debugging(seed=args.seed)
    )
    algorithm = config.build_algo()
    print(f"held-out solve rate before training: {solve_rate(algorithm, args.evaluate):.2f}", flush=True)
    for iteration in range(1, args.iterations + 1):
        runners = algorithm.train()["env_runners"]
        mean = runners["episode_return_mean"]
        print(f"step {iteration * args.batch}: mean return {mean:+.2f}, {(mean + 1) / 2:.2f} solved", flush=True)
    print(f"held-out solve rate after training: {solve_rate(algorithm, args.evaluate):.2f}")
    algorithm.stop()
    ray.shutdown()


if __name__ == "__main__":
    main()
