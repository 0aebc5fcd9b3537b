"""codegym.integrations: what all libraries share, without any of them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import codegym.integrations  # noqa: F401  (registers the environment)
from codegym.datasets import load_problems
from codegym.integrations.choice import make_choice_env
from codegym.integrations.libraries import missing
from codegym.integrations.text import ENDED, answer_all, program_of, text_episode
from tests.fakes import CRASH, RIGHT, WRONG, Failing, make_problem, scripted

ROOT = Path(__file__).parents[2]
LIBRARIES = {
    "sb3": "stable_baselines3",
    "rllib": "ray",
    "torchrl": "torchrl",
    "tianshou": "tianshou",
    "networks": "torch",
    "chat": "torch",
    "trl": "trl",
    "verifiers": "verifiers",
    "openenv": "openenv",
}


def make_choice(**options: Any) -> gym.Env[Any, Any]:
    return gym.make(
        "codegym.integrations:CodeRepairChoice-v0",
        problems="procedural:input-format?public=1&private=2&size=50",
        sandbox=scripted(),
        **options,
    )


@pytest.mark.filterwarnings("ignore:.*different from the unwrapped version")
def test_the_choice_is_a_sound_environment() -> None:
    """Gymnasium's own checks pass."""
    check_env(make_choice_env("procedural:input-format?size=9", sandbox=scripted()), skip_render_check=True)


def test_rows_have_the_statement_and_each_candidate() -> None:
    """The first row is how the statement begins, the others how each candidate begins, one of them the reference."""
    env = make_choice(candidates=4, width=48)
    observation, info = env.reset(seed=3)
    problem = load_problems("procedural:input-format?public=1&private=2&size=50")[info["problem_id"]]
    rows = ["".join(map(chr, row)) for row in observation.reshape(5, 48)]
    assert problem.reference is not None
    assert rows[0] == problem.statement[:48].ljust(48)
    assert rows.count(problem.reference[:48].ljust(48)) >= 1
    wrong = {program.source[:48].ljust(48) for program in problem.programs}
    assert set(rows[1:]) <= wrong | {problem.reference[:48].ljust(48)}


def test_the_place_of_the_right_candidate_tells_nothing() -> None:
    """Over many episodes the reference stands at each place about as often."""
    env = make_choice(candidates=4)
    places = []
    for seed in range(200):
        _, info = env.reset(seed=seed)
        problem = load_problems("procedural:input-format?public=1&private=2&size=50")[info["problem_id"]]
        places.append(env.get_wrapper_attr("_candidates").index(problem.reference))
    counts = np.bincount(places, minlength=4)
    assert counts.min() > 20


@pytest.mark.parametrize(("module", "library"), LIBRARIES.items())
def test_a_missing_library_is_told_in_one_sentence(module: str, library: str) -> None:
    """Whoever imports an adaptor without its library reads which extra to install."""
    script = f"import sys; sys.modules[{library!r}] = None\nimport codegym.integrations.{module}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("codegym.errors.UsageError: expected the package ")
    assert "pip install 'codegym[" in last


def test_each_extra_that_a_sentence_names_is_there() -> None:
    """The extras of the sentences, and of the examples, are extras of the package."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = {
        name
        for path in (ROOT / "codegym" / "integrations").glob("*.py")
        for name in re.findall(r'missing\("[^"]+", "(\w+)"', path.read_text())
    }
    assert len(named) >= 8
    for path in (ROOT / "examples").glob("*.py"):
        named |= set(re.findall(r"codegym\[(\w+)\]", path.read_text()))
    assert named <= set(extras)


def test_what_else_is_amiss_in_a_library_is_told() -> None:
    """A library that is there and cannot be imported says why."""
    assert "got cannot import name 'x'" in str(missing("trl", "trl", ImportError("cannot import name 'x'")))
    assert "got none" in str(missing("trl", "trl", ModuleNotFoundError("No module named 'trl'", name="trl")))


@pytest.mark.parametrize(
    ("answer", "program"),
    [
        ("print(1)", "print(1)"),
        ("Like so:\n```python\nprint(1)\n```\n", "print(1)\n"),
        ("```\nprint(1)\n```\nor\n```python\nprint(2)\n```", "print(2)\n"),
        ("```", ""),
        ("", ""),
    ],
)
def test_the_program_of_an_answer(answer: str, program: str) -> None:
    """A fenced block counts; where there is no fence, all of the answer."""
    assert program_of(answer, ("python",)) == program


def test_an_episode_in_text() -> None:
    """Problem, feedback, reward; then nothing more is run."""
    episode = text_episode([make_problem()], sandbox=scripted())
    assert "Read an integer" in episode.begin()
    assert "passes 0 of 2" in episode.answer(WRONG)
    assert not episode.ended
    assert "passes 2 of 2" in episode.answer(f"Better:\n```python\n{RIGHT}```")
    assert (episode.ended, episode.solved, episode.rewards) == (True, True, [0.0, 1.0])
    assert episode.answer(WRONG) == ENDED
    assert episode.episode_return == 1.0


def test_giving_up_has_the_reward_of_no_program() -> None:
    """Turns that were not used count as the environment's reward counts them."""
    episode = text_episode([make_problem()], sandbox=scripted(), reward="rlef")
    episode.begin()
    episode.answer(CRASH)
    episode.give_up()
    assert episode.rewards == [0.0, -0.2, -1.0]


def test_a_program_that_could_not_be_run_has_no_reward() -> None:
    """It ends the episode without a reward, and says nothing about the others."""
    first = text_episode([make_problem()], sandbox=Failing(scripted(), 0))
    episodes = [first, first.sibling()]
    for episode in episodes:
        episode.begin()
    assert answer_all(episodes[:1], [RIGHT]) == ["The program could not be run, through no fault of its own."]
    answer_all(episodes[1:], [RIGHT])
    assert [episode.episode_return for episode in episodes] == [None, 1.0]
    first.begin()
    first.answer(RIGHT)
    assert first.episode_return == 1.0


@pytest.mark.parametrize("answer", ["\ud800", "\0", "<script>\x1b[2J", "`" * 10_000, "x" * 100_000])
def test_odd_answers_are_ordinary_programs(answer: str) -> None:
    """Whatever a model says is run, or is no program."""
    episode = text_episode([make_problem()], sandbox=scripted())
    episode.begin()
    told = episode.answer(answer)
    told.encode()
    assert episode.rewards == [0.0]
