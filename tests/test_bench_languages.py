"""Tests of runs and chat answers in another language than Python."""

import sys
from pathlib import Path

import gymnasium as gym
import pytest

from codegym import LabelledProgram, Limits, ProblemSet, Sandbox
from codegym.bench.run import Settings, run_benchmark
from codegym.errors import UsageError
from codegym.integrations.text import text_episode
from codegym.report import load_run
from codegym.report.statements import statements_of
from codegym.wrappers import CandidateChoice, ChatMessages, ExtractProgram, ProgramEdits
from tests.conftest import need_language
from tests.fakes import make_function_problem, make_problem, scripted

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


def test_functions_in_another_language_are_left_out(any_sandbox: Sandbox, tmp_path: Path) -> None:
    """An agent that plays all problems is not asked those which its language cannot answer."""
    need_language(any_sandbox)
    problems = ProblemSet([make_problem(), make_function_problem()], "two")
    settings = Settings(f"command:{sys.executable} -u {tmp_path / 'child.py'}", language="cpp")
    (tmp_path / "child.py").write_text(
        f"import json, sys\nfor line in sys.stdin:\n    print(json.dumps({{'answer': {CPP_DOUBLE!r}}}), flush=True)\n"
    )
    (episode,) = run_benchmark(settings, problems, any_sandbox, tmp_path / "run")
    assert episode.problem_id == "double"
    assert episode.solved
    run = load_run(tmp_path / "run")
    (text,) = statements_of(run, problems).values()
    assert "Answer with one whole C++17 program." in text


def test_adaptors_take_blocks_of_the_language(any_sandbox: Sandbox) -> None:
    """An episode in text takes the last block in C++."""
    need_language(any_sandbox)
    episode = text_episode([make_problem()], sandbox=any_sandbox, language="cpp")
    episode.begin()
    episode.answer(f"```python\nprint(1)\n```\n```c++\n{CPP_DOUBLE}```\n")
    assert episode.solved


def test_choices_and_edits_are_of_python_alone() -> None:
    """In an environment of another language they are refused at once."""
    env = gym.make("CodeRepairEnv-v0", problems=[make_problem()], sandbox=scripted(), language="cpp")
    for wrapper in (CandidateChoice, ProgramEdits):
        with pytest.raises(UsageError, match="expected an environment of programs in Python"):
            wrapper(env)
