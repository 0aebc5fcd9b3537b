"""Tests of codegym.env: rendering, closing, and Gymnasium's ways to make it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from gymnasium.envs.registration import EnvSpec

from codegym import CodeRepairEnv
from codegym.sandbox import ScriptedSandbox, factory
from tests.fakes import PUBLIC_ONLY, RIGHT, WRONG, make_function_problem, make_problem, scripted

PROBLEMS = (
    make_problem("double-a"),
    make_problem("double-b", difficulty="hard", starter=None),
    make_function_problem(),
)
TOO_LONG = "x" * ((1 << 24) + 1)
TURN = {"program": "p", "feedback": "f"}


def make_env(**options: Any) -> CodeRepairEnv:
    defaults: dict[str, Any] = {"problems": PROBLEMS, "sandbox": scripted()}
    return CodeRepairEnv(**(defaults | options))


def test_close_twice() -> None:
    """``close`` may come twice, before and after steps, and a step after it works again."""
    env = make_env(sandbox="scripted")
    env.close()
    env.reset(seed=0)
    for _ in range(2):
        env.step(WRONG)
        env.close()
        env.close()


def test_a_given_sandbox_stays_open() -> None:
    """A sandbox that was handed in is its owner's to close."""

    class Owned(ScriptedSandbox):
        def close(self) -> None:
            raise AssertionError("closed by the environment")

    env = make_env(sandbox=Owned())
    env.reset(seed=0)
    env.step(WRONG)
    env.close()


def test_environments_share_a_sandbox_until_the_last_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environments of one kind of sandbox use one, closed by the last of them."""
    events: list[str] = []

    class Counted(ScriptedSandbox):
        def __init__(self) -> None:
            super().__init__()
            events.append("made")

        def close(self) -> None:
            events.append("closed")

    monkeypatch.setattr("codegym.sandbox.factory.ScriptedSandbox", Counted)
    # Other tests' environments that were never closed have no part in this.
    monkeypatch.setattr("codegym.sandbox.factory._shared", type(factory._shared)())
    envs = [make_env(sandbox="scripted") for _ in range(3)]
    for env in envs:
        env.reset(seed=0)
        env.step(WRONG)
    for env in envs[:2]:
        env.close()
    assert events == ["made"]
    envs[2].close()
    assert events == ["made", "closed"]


def test_render_ansi() -> None:
    """``ansi`` gives the problem at first, and then the last program and what was told of it."""
    env = make_env(render_mode="ansi")
    observation, _ = env.reset(options={"problem_id": "double-a"})
    assert env.render() == observation["problem"]
    observation, *_ = env.step(WRONG)
    shown = env.render() or ""
    assert WRONG.strip() in shown
    assert observation["dialogue"][-1]["feedback"] in shown


def test_render_human(capsys: pytest.CaptureFixture[str]) -> None:
    """``human`` prints by itself at each call what ``ansi`` would give."""
    env, other = make_env(render_mode="human"), make_env(render_mode="ansi")
    for one in (env, other):
        one.reset(options={"problem_id": "double-a"})
    assert capsys.readouterr().out.strip() == (other.render() or "").strip()
    for one in (env, other):
        one.step(WRONG)
    assert capsys.readouterr().out.strip() == (other.render() or "").strip()
    assert env.render() is None


def test_no_render_mode_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a mode nothing is printed or given."""
    env = make_env()
    env.reset(options={"problem_id": "double-a"})
    env.step(PUBLIC_ONLY)
    assert env.render() is None
    assert capsys.readouterr() == ("", "")


def test_timings_only_if_asked_for() -> None:
    """``timings`` adds one key, there at every step and not negative."""
    env = make_env(timings=True)
    infos = [env.reset(options={"problem_id": "double-a"})[1], env.step(WRONG)[-1], env.step(RIGHT)[-1]]
    for info in infos:
        assert set(info["timings"]) == {"public_s", "private_s", "cpu_s"}
        assert min(info["timings"].values()) >= 0
    assert "timings" not in make_env().reset(seed=0)[1]


def test_spec_round_trips_through_json(problem_file: Path) -> None:
    """An environment made with plain arguments can be made again from its spec as JSON."""
    env = gym.make("CodeRepairEnv-v0", problems=str(problem_file), max_turns=2, sandbox="scripted", reward="rlef")
    assert env.spec is not None
    text = env.spec.to_json()
    assert json.loads(text)["kwargs"]["max_turns"] == 2
    again = gym.make(EnvSpec.from_json(text))
    assert again.spec == env.spec
    assert again.reset(seed=0) == env.reset(seed=0)
    assert again.step("") == env.step("")
    assert again.observation_space == env.observation_space


def test_no_time_limit_wraps_it(problem_file: Path) -> None:
    """``gym.make`` adds no wrapper that would set ``truncated``."""
    env = gym.make("CodeRepairEnv-v0", problems=str(problem_file), max_turns=1, sandbox="scripted")
    env.reset(seed=0)
    assert env.step("")[2:4] == (True, False)


def test_gym_make_without_importing_codegym(tmp_path: Path) -> None:
    """The module's name before the id is enough, in a fresh process."""
    script = (
        "import gymnasium as gym, sys\n"
        "assert 'codegym' not in sys.modules\n"
        "env = gym.make('codegym:CodeRepairEnv-v0')\n"
        "print(env.reset(seed=0)[1]['turn'])\n"
    )
    options: dict[str, Any] = {"cwd": tmp_path, "env": os.environ, "capture_output": True, "text": True}
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], check=False, **options)
    assert (done.stdout, done.stderr, done.returncode) == ("0\n", "", 0)


def test_a_vector_of_environments() -> None:
    """Gymnasium's own synchronous vector plays several episodes at once, text and all."""
    options: dict[str, Any] = {"problems": PROBLEMS[:2], "sandbox": scripted(), "max_turns": 2}
    envs = gym.make_vec("CodeRepairEnv-v0", num_envs=3, vectorization_mode="sync", **options)
    observations, _ = envs.reset(seed=1)
    assert len(observations["problem"]) == 3
    observations, rewards, terminations, truncations, infos = envs.step((WRONG, PUBLIC_ONLY, RIGHT))
    assert list(rewards) == [0, -1, 1]
    assert list(terminations) == [False, True, True]
    assert not truncations.any()
    assert list(infos["verdict"]) == ["wrong_answer", "accepted", "accepted"]
    assert [dialogue[-1]["program"] for dialogue in observations["dialogue"]] == [WRONG, PUBLIC_ONLY, RIGHT]
    envs.close()
