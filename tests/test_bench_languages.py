"""Tests of runs and chat answers in another language than Python."""

from pathlib import Path

import gymnasium as gym
import pytest

from codegym import LabelledProgram, Limits, ProblemSet, Sandbox
from codegym.bench.run import Settings, run_benchmark
from codegym.errors import UsageError
from codegym.wrappers import ChatMessages, ExtractProgram
from tests.conftest import need_language
from tests.fakes import make_problem

CPP_DOUBLE = "#include <iostream>\nint main() { long n; std::cin >> n; std::cout << n * 2; }\n"


def test_runs_in_another_language(any_sandbox: Sandbox, tmp_path: Path) -> None:
    """Agents that know programs take those of the run's language, and find problems by what is shown in it."""
    need_language(any_sandbox)
    wrong = CPP_DOUBLE.replace("n * 2", "n * 3")
    problem = make_problem(
        starter="print(1)\n",
        programs=(
            LabelledProgram("right", "accepted", CPP_DOUBLE, "cpp"),
            LabelledProgram("thrice", "wrong_answer", wrong, "cpp", fails="public"),
        ),
        native_limits=Limits(cpu_s=1.5),
    )
    problems = ProblemSet([problem], "one")
    solved = {}
    for agent in ("oracle", "wrong", "repair"):
        settings = Settings(agent, turns=2, language="cpp")
        (episode,) = run_benchmark(settings, problems, any_sandbox, tmp_path / agent)
        solved[agent] = episode.solved, len(episode.turns)
    assert solved == {"oracle": (True, 1), "wrong": (False, 2), "repair": (True, 2)}
    with pytest.raises(UsageError, match="expected a problem that agent 'starter' can play"):
        run_benchmark(Settings("starter", language="cpp"), problems, any_sandbox, tmp_path / "starter")


def test_chat_answers_are_of_the_environments_language(any_sandbox: Sandbox) -> None:
    """Blocks marked as C++ count where programs are in C++, and are marked so in messages."""
    need_language(any_sandbox)
    env = gym.make("CodeRepairEnv-v0", problems=[make_problem()], sandbox=any_sandbox, language="cpp")
    env = ChatMessages(ExtractProgram(env))
    env.reset(seed=0)
    messages, _, _, _, info = env.step(f"```python\nprint(1)\n```\n```cpp\n{CPP_DOUBLE.replace('n * 2', 'n * 3')}```\n")
    assert info["extracted"]
    assert info["verdict"] == "wrong_answer"
    assert messages[1]["content"].startswith("```cpp\n#include")
