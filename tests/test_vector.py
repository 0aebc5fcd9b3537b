"""codegym.vector: it gives what single environments give, in every autoreset mode, whatever fails."""

import functools
import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv
from gymnasium.wrappers.vector import DictInfoToList, RecordEpisodeStatistics

from codegym import CodeRepairEnv, Execution, Sandbox, SandboxError
from codegym.errors import ProblemError, UsageError
from codegym.sandbox import ScriptedSandbox
from codegym.vector import CodeRepairVectorEnv
from codegym.wrappers import ExtractProgram
from tests.fakes import CRASH, HALF, PUBLIC_ONLY, RIGHT, WRONG, Failing, make_problem, printed, scripted

PROBLEMS = tuple(make_problem(f"double-{letter}") for letter in "abcde")
PROGRAMS = (RIGHT, WRONG, HALF, CRASH, PUBLIC_ONLY, "", "\ud800", "\0")
MODES = list(AutoresetMode)


def make_envs(num_envs: int = 3, **options: Any) -> CodeRepairVectorEnv:
    defaults: dict[str, Any] = {"problems": PROBLEMS, "sandbox": scripted()}
    return CodeRepairVectorEnv(num_envs, **(defaults | options))


def singles(num_envs: int, mode: AutoresetMode, **options: Any) -> SyncVectorEnv:
    """As many single environments, one after the other, as Gymnasium puts them together."""
    given: dict[str, Any] = {"problems": PROBLEMS, "sandbox": scripted()} | options
    make = functools.partial(CodeRepairEnv, **given)
    return SyncVectorEnv([make] * num_envs, autoreset_mode=mode)


def assert_equal(one: Any, other: Any, where: str = "") -> None:
    """Equal in type, shape and every value, however deep."""
    assert type(one) is type(other), where
    if isinstance(one, dict):
        assert set(one) == set(other), where
        for key in one:
            assert_equal(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape), where
        for number, pair in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
            assert_equal(*pair, f"{where}[{number}]")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), where
        for number, pair in enumerate(zip(one, other, strict=True)):
            assert_equal(*pair, f"{where}[{number}]")
    else:
        assert one == other, where


def play_both(envs: Any, others: Any, steps: int, programs: tuple[str, ...], seed: int) -> int:
    """Both through the same random steps, with masked resets where the mode wants them; how many episodes ended."""
    rng = np.random.default_rng(seed)
    assert_equal(envs.reset(seed=seed), others.reset(seed=seed))
    ended = 0
    for _ in range(steps):
        actions = tuple(programs[n] for n in rng.integers(len(programs), size=envs.num_envs))
        one, other = envs.step(actions), others.step(actions)
        assert_equal(one, other)
        over = one[2] | one[3]
        ended += int(over.sum())
        if over.any() and envs.metadata["autoreset_mode"] is AutoresetMode.DISABLED:
            seeds = [int(s) if rng.random() < 0.3 else None for s in rng.integers(99, size=envs.num_envs)]
            assert_equal(
                envs.reset(seed=list(seeds), options={"reset_mask": over}),
                others.reset(seed=list(seeds), options={"reset_mask": over}),
            )
    return ended


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    "options",
    [{}, {"feedback": "random", "reward": "gain"}, {"feedback": "none", "reward": "rlef", "reveal_private": True}],
    ids=["plain", "random", "none"],
)
def test_it_equals_single_environments(mode: AutoresetMode, options: dict[str, Any]) -> None:
    """In 1,000 random steps every observation, reward and info is that of single environments, masks included."""
    with_sandbox: dict[str, Any] = {**options, "sandbox": scripted()}
    envs = make_envs(3, autoreset_mode=mode, **with_sandbox)
    assert play_both(envs, singles(3, mode, **with_sandbox), 1000, PROGRAMS, seed=3) > 700
    envs.close()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_it_equals_single_environments_in_a_real_sandbox(mode: AutoresetMode, any_sandbox: Sandbox) -> None:
    """The same with programs that run."""
    envs = make_envs(4, autoreset_mode=mode.value, sandbox=any_sandbox)
    assert play_both(envs, singles(4, mode, sandbox=any_sandbox), 15, PROGRAMS, seed=1) > 3


def test_make_vec_gives_it(problem_file: Path) -> None:
    """``make_vec`` uses it by default, with the single environment's arguments, and its spec makes it again."""
    options: dict[str, Any] = {"problems": str(problem_file), "sandbox": "scripted", "max_turns": 2}
    envs = gym.make_vec("CodeRepairEnv-v0", num_envs=3, autoreset_mode="SameStep", **options)
    assert isinstance(envs, CodeRepairVectorEnv)
    assert (envs.num_envs, envs.metadata["autoreset_mode"]) == (3, AutoresetMode.SAME_STEP)
    assert CodeRepairVectorEnv.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert envs.spec is not None
    again = gym.make_vec(envs.spec)
    assert isinstance(again, CodeRepairVectorEnv)
    assert_equal(envs.reset(seed=4), again.reset(seed=4))
    assert again.get_attr("max_turns") == (2, 2, 2)
    for one in (envs, again):
        one.close()
        one.close()


def test_observations_and_actions_are_in_their_spaces() -> None:
    """What it gives is in its observation space, and a sample of its action space can be stepped."""
    envs = make_envs()
    observations, _ = envs.reset(seed=0)
    assert envs.observation_space.contains(observations)
    observations, rewards, terminations, truncations, _ = envs.step(envs.action_space.sample())
    assert envs.observation_space.contains(observations)
    assert [str(array.dtype) for array in (rewards, terminations, truncations)] == ["float64", "bool", "bool"]


def test_what_was_given_is_not_changed_by_what_comes_after() -> None:
    """Observations and arrays of earlier steps stay as they were."""
    envs = make_envs(max_turns=5)
    first, _ = envs.reset(seed=0)
    second = envs.step([WRONG] * 3)
    envs.step([RIGHT] * 3)
    assert first["turns_left"].tolist() == [5, 5, 5]
    assert second[0]["turns_left"].tolist() == [4, 4, 4]
    assert second[1].tolist() == [0, 0, 0]
    assert [len(dialogue) for dialogue in second[0]["dialogue"]] == [1, 1, 1]


def test_options_of_reset_are_not_changed_and_may_name_each_problem() -> None:
    """A list of ids gives each environment its own; the caller's options stay as they were."""
    envs = make_envs(autoreset_mode="Disabled")
    options = {"problem_id": ["double-c", None, "double-a"], "reset_mask": np.array([True, True, True])}
    _, infos = envs.reset(seed=0, options=options)
    assert (infos["problem_id"][0], infos["problem_id"][2]) == ("double-c", "double-a")
    assert set(options) == {"problem_id", "reset_mask"}
    _, infos = envs.reset(options={"problem_id": "double-e", "reset_mask": np.array([False, True, False])})
    assert infos["problem_id"].tolist() == [None, "double-e", None]
    assert infos["_problem_id"].tolist() == [False, True, False]
    assert [problem.id for problem in envs.get_attr("problem")] == ["double-c", "double-e", "double-a"]


class Gate(ScriptedSandbox):
    """Answers at once, but for ``WRONG``, which waits until it is let through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.done: list[str] = []
        super().__init__({WRONG: self._wait, RIGHT: lambda _, data: self._note(data)})

    def _wait(self, *_: Any) -> Execution:
        assert self.open.wait(60)
        return printed("no\n")

    def _note(self, data: bytes) -> Execution:
        self.done.append(threading.current_thread().name)
        return printed(f"{int(data) * 2}\n")


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that other threads bring about."""
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.005)


def test_a_slow_program_does_not_hold_up_the_others() -> None:
    """All others are judged, private tests and all, while one still runs; ``step_wait`` has them in order."""
    sandbox = Gate()
    envs = make_envs(20, sandbox=sandbox)
    envs.reset(seed=0)
    envs.step_async([WRONG] + [RIGHT] * 19)
    until(lambda: len(sandbox.done) == 19 * 5)
    sandbox.open.set()
    _, rewards, terminations, _, infos = envs.step_wait()
    assert rewards.tolist() == [0] + [1] * 19
    assert terminations.tolist() == [False] + [True] * 19
    assert infos["verdict"].tolist() == ["wrong_answer"] + ["accepted"] * 19


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_a_sandbox_error_loses_nothing(mode: AutoresetMode) -> None:
    """After a SandboxError the same step gives what it would have, and runs only what is missing."""
    actions = [RIGHT, WRONG, PUBLIC_ONLY]
    wanted = make_envs(autoreset_mode=mode)
    wanted.reset(seed=5)
    expected = wanted.step(actions)
    for at in range(5):
        inner = scripted()
        envs = make_envs(autoreset_mode=mode, sandbox=Failing(inner, at))
        envs.reset(seed=5)
        with pytest.raises(SandboxError):
            envs.step(actions)
        with pytest.raises(UsageError, match="incomplete"):
            envs.step([RIGHT, WRONG, RIGHT])
        assert_equal(envs.step(actions), expected)
        assert len(inner.calls) <= 6  # of five calls, at most one that was in the failed environment is made again


@pytest.mark.parametrize("repeated", [True, False], ids=["step", "reset"])
def test_an_automatic_reset_that_fails_loses_no_step(monkeypatch: pytest.MonkeyPatch, repeated: bool) -> None:
    """The same step again gives the ended episode's reward and runs nothing twice; after a reset it is forgotten."""
    inner = scripted()
    envs = make_envs(2, autoreset_mode="SameStep", sandbox=inner)
    envs.reset(seed=5)
    with monkeypatch.context() as patch:
        patch.setattr(envs.envs[0], "reset", _no_row)
        with pytest.raises(ProblemError, match="row"):
            envs.step([RIGHT, WRONG])
    ran = len(inner.calls)
    if repeated:
        _, rewards, terminations, _, infos = envs.step([RIGHT, WRONG])
        assert (rewards.tolist(), terminations.tolist(), len(inner.calls)) == ([1, 0], [True, False], ran)
        assert infos["final_info"]["solved"][0]
    else:
        envs.reset(seed=5)
        assert envs.step([WRONG, WRONG])[1].tolist() == [0, 0]


def _no_row(**_: Any) -> Any:
    raise ProblemError("expected a row that can be read, got another")


def test_an_incomplete_step_can_be_dropped() -> None:
    """A reset of all forgets it; one of some is refused, for it would lose the others' results."""
    envs = make_envs(sandbox=Failing(scripted(), 0))
    envs.reset(seed=5)
    with pytest.raises(SandboxError):
        envs.step([RIGHT] * 3)
    with pytest.raises(UsageError, match="incomplete"):
        envs.reset(options={"reset_mask": np.array([True, False, False])})
    other = make_envs()
    assert_equal(envs.reset(seed=6), other.reset(seed=6))
    assert_equal(envs.step([WRONG] * 3), other.step([WRONG] * 3))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    "where",
    ["threads.Threads.share", "threads.SharedCalls.wait", "vector.CodeRepairVectorEnv._batched"],
    ids=["begins", "waits", "ends"],
)
def test_ctrl_c_loses_nothing(monkeypatch: pytest.MonkeyPatch, where: str, mode: AutoresetMode) -> None:
    """After an interrupt the same step waits for what runs already, and gives what it would have."""
    sandbox = Gate()
    envs = make_envs(3, autoreset_mode=mode, sandbox=sandbox)
    envs.reset(seed=0)
    if where.startswith("vector"):
        sandbox.open.set()
    with monkeypatch.context() as patch:
        patch.setattr(f"codegym.{where}", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            envs.step([RIGHT, WRONG, RIGHT])
    sandbox.open.set()
    _, rewards, terminations, _, _ = envs.step([RIGHT, WRONG, RIGHT])
    assert rewards.tolist() == [1, 0, 1]
    assert terminations.tolist() == [True, False, True]
    assert len(sandbox.done) == 2 * 5


def test_ctrl_c_in_a_reset_leaves_no_step_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that was dropped in part is gone: what comes next is a reset."""
    sandbox = Gate()
    envs = make_envs(3, sandbox=sandbox)
    envs.reset(seed=0)
    envs.step_async([WRONG] * 3)
    with monkeypatch.context() as patch:
        patch.setattr("codegym.threads.SharedCalls._pause", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            envs.reset(seed=0)
    with pytest.raises(UsageError, match=r"expected reset\(\)"):
        envs.step([WRONG] * 3)
    sandbox.open.set()
    assert_equal(envs.reset(seed=5), make_envs().reset(seed=5))
    assert envs.step([RIGHT, WRONG, RIGHT])[1].tolist() == [1, 0, 1]


def test_infos_are_those_of_gymnasium() -> None:
    """Whatever keys an environment's info has, and in whatever order, also such as look like masks."""
    rows: list[dict[str, Any]] = [
        {"a": 1, "b": {"c": "x", "d": {}}},
        {"_a": 0.5, "a": 2, "b": {"e": np.ones(2)}, "final_obs": {"a": 1}, "final_info": {"a": True}},
        {"_c": "y", "c": None, "b": {"c": "z", "d": {"f": (1, 2)}}, "final_obs": {"a": 2}, "final_info": {"b": {}}},
    ]
    plain: VectorEnv[Any, Any, Any] = VectorEnv()
    plain.num_envs = 3
    for order in itertools.permutations(rows):
        envs = make_envs(3)
        ours: dict[str, Any] = {}
        theirs: dict[str, Any] = {}
        for i, row in enumerate(order):
            ours = envs._add_info(ours, row, i)
            theirs = plain._add_info(theirs, row, i)
        assert_equal(ours, theirs)
        assert list(ours) == list(theirs)


def _interrupted(*_: Any) -> None:
    raise KeyboardInterrupt


def test_close_waits_for_what_runs() -> None:
    """``close`` in the midst of a step ends when its programs have, and may come twice."""
    sandbox = Gate()
    envs = make_envs(2, sandbox=sandbox)
    envs.reset(seed=0)
    envs.step_async([WRONG, RIGHT])
    threading.Timer(0.05, sandbox.open.set).start()
    envs.close()
    assert sandbox.open.is_set()
    envs.close()


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([WRONG, WRONG], "expected 3 actions, one for each environment, got 2"),
        (WRONG, "expected 3 actions"),
        (None, "expected 3 actions"),
        ([WRONG, 3, WRONG], "got 3 for environment 1"),
        ([WRONG, WRONG, "x" * ((1 << 24) + 1)], "for environment 2"),
    ],
    ids=["few", "text", "none", "number", "long"],
)
def test_bad_actions_are_refused_before_anything_runs(actions: Any, message: str) -> None:
    """No environment has moved then."""
    sandbox = scripted()
    envs = make_envs(sandbox=sandbox)
    envs.reset(seed=0)
    with pytest.raises(UsageError, match=message):
        envs.step(actions)
    assert not sandbox.calls
    assert envs.step([WRONG] * 3)[4]["turn"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda envs: envs.step([WRONG] * 3), r"expected reset\(\)"),
        (lambda envs: envs.step_wait(), r"expected step_async\(\)"),
        (lambda envs: envs.reset(seed=[1, 2]), "expected a seed, or one for each of 3"),
        (lambda envs: envs.reset(seed="one"), "expected a seed"),
        (lambda envs: envs.reset(options={"reset_mask": [True, False, True]}), "expected reset_mask as a bool array"),
        (lambda envs: envs.reset(options={"reset_mask": np.zeros(3, dtype=bool)}), "with a true value"),
        (lambda envs: envs.reset(options={"reset_mask": np.array([True, False, False])}), "reset of all"),
        (lambda envs: envs.reset(options={"problem_id": ["double-a"]}), "expected 3 problem ids"),
        (lambda envs: envs.reset(options={"level": 3}), "expected options"),
        (lambda envs: envs.set_attr("render_mode", [None]), "expected 3 values"),
    ],
)
def test_a_bad_call_says_what_was_expected(call: Callable[[CodeRepairVectorEnv], Any], message: str) -> None:
    """Each is one UsageError, and the environment can be used after it."""
    envs = make_envs()
    with pytest.raises(UsageError, match=message):
        call(envs)
    envs.reset(seed=0)
    assert envs.step([WRONG] * 3)[1].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "options",
    [{"num_envs": 0}, {"num_envs": True}, {"num_envs": 2.0}, {"autoreset_mode": "Never"}, {"max_turns": 0}],
    ids=str,
)
def test_a_bad_argument_is_refused(options: dict[str, Any]) -> None:
    """Its own arguments and the single environment's."""
    with pytest.raises(UsageError, match="expected"):
        make_envs(**({"num_envs": 2} | options))


def test_two_steps_at_once_are_refused() -> None:
    """``step_async`` wants its ``step_wait`` before the next one; the first step is not lost."""
    envs = make_envs()
    envs.reset(seed=0)
    envs.step_async([WRONG] * 3)
    with pytest.raises(UsageError, match="step_wait"):
        envs.step_async([RIGHT] * 3)
    assert envs.step_wait()[4]["verdict"].tolist() == ["wrong_answer"] * 3


def test_without_autoreset_an_ended_episode_cannot_be_stepped() -> None:
    """The error names the environments; after their reset the step works."""
    envs = make_envs(autoreset_mode="Disabled")
    envs.reset(seed=0)
    _, _, terminations, truncations, _ = envs.step([RIGHT, WRONG, RIGHT])
    with pytest.raises(UsageError, match="got 0, 2"):
        envs.step([WRONG] * 3)
    envs.reset(options={"reset_mask": terminations | truncations})
    assert envs.step([WRONG] * 3)[4]["turn"].tolist() == [1, 2, 1]


def test_an_unknown_problem_is_a_problem_error() -> None:
    """As in the single environment."""
    with pytest.raises(ProblemError, match="no-such"):
        make_envs().reset(options={"problem_id": ["double-a", "no-such", None]})


def test_wrappers_go_around_each_environment() -> None:
    """``env_wrappers`` see each environment's answers, and what they add to infos is batched."""
    envs = make_envs(2, env_wrappers=[ExtractProgram])
    envs.reset(seed=0)
    _, rewards, _, _, infos = envs.step([f"So:\n```python\n{RIGHT}```", RIGHT])
    assert rewards.tolist() == [1, 0]
    assert infos["extracted"].tolist() == [True, False]


def test_gymnasiums_vector_wrappers_go_around_it() -> None:
    """Its statistics, and its list of infos, find what they look for."""
    envs = RecordEpisodeStatistics(make_envs())
    envs.reset(seed=0)
    *_, infos = envs.step([RIGHT, WRONG, PUBLIC_ONLY])
    assert infos["episode"]["r"][infos["_episode"]].tolist() == [1.0, -1.0]
    listed: Any = DictInfoToList(make_envs())
    listed.reset(seed=0)
    *_, infos = listed.step([RIGHT, WRONG, PUBLIC_ONLY])
    assert [info["private"].get("verdict") for info in infos] == ["accepted", None, "wrong_answer"]


def test_attributes_and_methods_of_the_environments() -> None:
    """``call``, ``get_attr`` and ``set_attr`` reach each one; random numbers are theirs."""
    envs = make_envs()
    envs.reset(seed=7)
    assert envs.np_random_seed == (7, 8, 9)
    assert len({generator.random() for generator in envs.np_random}) == 3
    states = envs.call("clone_state")
    envs.step([WRONG, WRONG, RIGHT])
    envs.envs[2].unwrapped.restore_state(states[2])  # type: ignore[attr-defined]
    assert [len(state.dialogue) for state in envs.call("clone_state")] == [1, 1, 0]
    envs.set_attr("render_mode", "ansi")
    assert all("double" in text for text in envs.render())
    assert envs.call("max_turns") == (3, 3, 3)
