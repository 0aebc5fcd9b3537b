"""One episode by hand: a wrong program, feedback, the right one."""

import gymnasium as gym

import codegym  # noqa: F401  (registers the environment)

env = gym.make("CodeRepairEnv-v0")
observation, info = env.reset(seed=0, options={"problem_id": "sum-of-two"})
print(observation["problem"])

for program in ("a, b = input().split()\nprint(a + b)", "print(sum(map(int, input().split())))"):
    observation, reward, terminated, truncated, info = env.step(program)
    print(observation["dialogue"][-1]["feedback"])
    print(f"reward {reward:+g}, terminated {terminated}\n")

env.close()
