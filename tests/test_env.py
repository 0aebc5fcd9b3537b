"""Tests of codegym.env: the process of one episode."""

import itertools
import pickle
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st

from codegym import CodeRepairEnv, Execution, LabelledProgram, Sandbox, SandboxError, values
from codegym.errors import ProblemError, UsageError
from codegym.sandbox import ScriptedSandbox
from tests.fakes import (
    CRASH,
    HALF,
    PUBLIC_ONLY,
    RIGHT,
    WRONG,
    Failing,
    make_function_problem,
    make_problem,
    scripted,
)

PROBLEMS = tuple(make_problem(f"double-{letter}") for letter in "abcde")
PROGRAMS = (RIGHT, WRONG, HALF, CRASH, PUBLIC_ONLY, "", "\ud800", "\0")
KEYS = {"problem_id", "turn", "verdict", "public", "private", "solved"}


def make_env(sandbox: Sandbox | None = None, **options: Any) -> CodeRepairEnv:
    defaults: dict[str, Any] = {"problems": PROBLEMS, "sandbox": sandbox or scripted()}
    return CodeRepairEnv(**(defaults | options))


def play(env: CodeRepairEnv, programs: list[str], **reset: Any) -> list[Any]:
    """All that an episode gives, up to its end."""
    given: list[Any] = [env.reset(**reset)]
    for program in programs:
        given.append(env.step(program))
        if given[-1][2]:
            break
    return given


@pytest.mark.parametrize("options", [{}, {"max_turns": 1}, {"reward": "rlef", "feedback": "none"}], ids=str)
def test_check_env_passes(problem_file: Path, options: dict[str, Any]) -> None:
    """Gymnasium's own checker finds nothing, warnings being errors."""
    env = gym.make("CodeRepairEnv-v0", problems=str(problem_file), sandbox="scripted", **options)
    check_env(env.unwrapped)


def test_check_env_passes_with_timings_off_in_a_real_sandbox(problem_file: Path, any_sandbox: Sandbox) -> None:
    """Gymnasium's own checker finds nothing when programs run for real."""
    check_env(CodeRepairEnv(problem_file, sandbox=any_sandbox), skip_render_check=True)


def test_a_real_episode(any_sandbox: Sandbox) -> None:
    """A wrong program gives feedback and no reward, the reference the reward."""
    env = make_env(any_sandbox)
    _, first, second = play(env, [WRONG, RIGHT], seed=0)
    assert (first[1], first[2], first[4]["verdict"]) == (0.0, False, "wrong_answer")
    assert (second[1], second[2], second[4]["solved"]) == (1.0, True, True)
    assert second[4]["private"] == {"verdict": "accepted", "passed": 3, "total": 3, "verdicts": ("accepted",) * 3}


def test_the_same_seed_draws_the_same_problems() -> None:
    """Problems drawn after a seeded reset depend on the seed alone, and differ between seeds."""
    drawn: dict[int, list[str]] = {}
    for seed in (0, 1, 2):
        for _ in range(2):
            env = make_env()
            ids = [env.reset(seed=seed)[1]["problem_id"]] + [env.reset()[1]["problem_id"] for _ in range(9)]
            assert drawn.setdefault(seed, ids) == ids
    assert len({tuple(ids) for ids in drawn.values()}) == 3
    assert {name for ids in drawn.values() for name in ids} == {problem.id for problem in PROBLEMS}


@given(
    programs=st.lists(st.sampled_from(PROGRAMS), min_size=4, max_size=4),
    seed=st.integers(0, 99),
    turns=st.integers(1, 4),
    feedback=st.sampled_from(["all_failures", "none", "random"]),
    reward=st.sampled_from(["outcome", "rlef", "fraction", "gain"]),
)
def test_what_every_episode_is(programs: list[str], seed: int, turns: int, feedback: str, reward: str) -> None:
    """Spaces hold; every key at every step; it ends where the docstring says; the same again gives the same."""
    options: dict[str, Any] = {"max_turns": turns, "feedback": feedback, "reward": reward}
    env = make_env(**options)
    steps = play(env, programs, seed=seed)
    assert steps == play(make_env(**options), programs, seed=seed)
    assert (set(steps[0][1]), steps[0][1]["verdict"], steps[0][1]["turn"]) == (KEYS, "", 0)
    assert env.observation_space.contains(steps[0][0])
    for turn, (observation, got, terminated, truncated, info) in enumerate(steps[1:], 1):
        assert env.observation_space.contains(observation)
        assert (observation["turns_left"], len(observation["dialogue"]), info["turn"]) == (turns - turn, turn, turn)
        assert set(info) == KEYS
        assert truncated is False
        passed = info["verdict"] == "accepted" and feedback != "none"
        assert terminated == (turn == turns or passed)
        assert bool(info["private"]) == terminated
        if reward == "outcome":
            assert got == (0 if not terminated else 1 if info["solved"] else -1)
    assert len(steps) > turns or steps[-1][2]


@pytest.mark.parametrize(
    ("reward", "programs", "expected"),
    [
        ("outcome", [WRONG, "", RIGHT], [0, 0, 1]),
        ("outcome", [WRONG, WRONG, ""], [0, 0, -1]),
        ("outcome", [PUBLIC_ONLY], [-1]),
        ("rlef", ["", " \n", RIGHT], [-0.2, -0.2, 1]),
        ("rlef", ["", "", ""], [-0.2, -0.2, -1]),
        ("rlef", ["(", RIGHT], [0, 1]),
        ("fraction", [WRONG, PUBLIC_ONLY], [0, 4 / 5]),
        ("fraction", [WRONG, WRONG, HALF], [0, 0, 2 / 5]),
        ("gain", [HALF, WRONG, RIGHT], [0.5, -0.5, 2]),
        ("gain", [HALF, PUBLIC_ONLY], [0.5, -0.5]),
        (lambda public, private: 10 * len(public) + (private is not None), [WRONG, RIGHT], [10, 21]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rewards(reward: Any, programs: list[str], expected: list[float]) -> None:
    """Each reward is what its docstring says, turn by turn."""
    sandbox = scripted(**{"(": Execution("compile_error", 1)})
    steps = play(make_env(sandbox, reward=reward), programs, seed=0)
    assert [step[1] for step in steps[1:]] == pytest.approx(expected)


@pytest.mark.parametrize("private", [None, "first_failure", "all"])
@pytest.mark.parametrize("reward", ["outcome", "fraction"])
def test_private_tests_run_as_far_as_asked(private: Any, reward: str) -> None:
    """Tests after a private failure run if asked for, and by default only if the reward needs them."""
    info = play(make_env(private=private, reward=reward), [PUBLIC_ONLY], seed=0)[-1][-1]
    all_run = private == "all" or (private is None and reward == "fraction")
    assert info["private"]["verdicts"] == ("accepted", "wrong_answer", "accepted" if all_run else "skipped")


def test_without_feedback_nothing_is_told() -> None:
    """Mode ``none`` tells the same whatever the program did, and plays every turn."""
    steps = play(make_env(feedback="none"), [RIGHT, WRONG, RIGHT], seed=0)
    assert [step[2] for step in steps[1:]] == [False, False, True]
    assert len({turn["feedback"] for turn in steps[-1][0]["dialogue"]}) == 1
    assert "no" not in steps[-1][0]["dialogue"][1]["feedback"].split()


def test_random_feedback_tells_of_another_problem() -> None:
    """Mode ``random`` is about another problem's wrong program, and the episode still ends on a true pass."""
    other = make_problem("other", public_tests=(), private_tests=())
    other = make_problem("other", public_tests=PROBLEMS[0].private_tests)
    env = make_env(problems=[make_problem("this"), other], feedback="random")
    steps = play(env, [CRASH, RIGHT], seed=0, options={"problem_id": "this"})
    told = steps[1][0]["dialogue"][0]["feedback"]
    assert "3 public tests" in told
    assert "ZeroDivisionError" not in told
    assert [step[2] for step in steps[1:]] == [False, True]


def test_random_feedback_needs_another_problem() -> None:
    """With one problem alone mode ``random`` says so."""
    env = make_env(problems=PROBLEMS[:1], feedback="random")
    env.reset(seed=0)
    with pytest.raises(ProblemError, match="another problem"):
        env.step(WRONG)


def test_a_callable_gives_the_feedback() -> None:
    """A callable gets the public judgement and the statement, and its text is told."""
    env = make_env(feedback=lambda judgement, statement: f"{judgement.split} {judgement.passed} {statement.id}")
    steps = play(env, [WRONG], options={"problem_id": "double-b"})
    assert steps[-1][0]["dialogue"][0]["feedback"] == "public 0 double-b"


@pytest.mark.parametrize(
    "value",
    [10**5000, {10**5000}, [[10**5000]], "\ud800", float("nan"), {"\ud800": b"\xff"}],
    ids=["int", "int in set", "int in list", "surrogate", "nan", "dict"],
)
def test_whatever_a_function_returns_can_be_told(value: object) -> None:
    """A wrong value of any kind and size makes ordinary feedback, inside the observation space."""
    run = Execution("ok", 0, result=values.dumps(value))
    env = make_env(ScriptedSandbox({"p": run}), problems=[make_function_problem()])
    observation, reward, *_ = play(env, ["p"], seed=0)[-1]
    assert reward == 0.0
    assert env.observation_space.contains(observation)


@pytest.mark.parametrize(("before", "after"), [(b"[", b"]"), (b'{"tuple":[', b"]}"), (b'{"dict":[[1,', b"]]}")])
def test_however_deep_a_value_is_nested_it_can_be_told(before: bytes, after: bytes) -> None:
    """The depth of a returned value is the program's choice, and never breaks a step."""
    for depth in range(100, 1000):
        run = Execution("ok", 0, result=before * depth + b"1" + after * depth)
        env = make_env(ScriptedSandbox({"p": run}), problems=[make_function_problem()])
        assert play(env, ["p"], seed=0)[-1][-1]["verdict"] == "wrong_answer"


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("feedback", ["all_failures", "random"])
@pytest.mark.parametrize("program", [WRONG, PUBLIC_ONLY], ids=["wrong", "ends"])
def test_a_sandbox_error_leaves_the_episode_as_it_was(at: int, feedback: Any, program: str) -> None:
    """Wherever in a step the sandbox fails, the state is unchanged, and the same step gives what it would have."""
    wanted = make_env(feedback=feedback)
    sandbox = Failing(scripted(), at)
    env = make_env(sandbox, feedback=feedback)
    for one in (wanted, env):
        one.reset(seed=3)
    before = env.clone_state()
    calls = 2 + (feedback == "random" and program != WRONG) if program != WRONG else 1 + (feedback == "random")
    if at < calls:
        with pytest.raises(SandboxError):
            env.step(program)
        assert env.clone_state() == before
    assert env.step(program) == wanted.step(program)
    assert env.clone_state() == wanted.clone_state()


def test_an_interrupt_leaves_the_random_numbers_as_they_were() -> None:
    """Ctrl-C within a step draws no random numbers for good."""

    def interrupt(*_: Any) -> Execution:
        raise KeyboardInterrupt

    env = make_env(ScriptedSandbox(dict.fromkeys([WRONG, PUBLIC_ONLY], interrupt)), feedback="random")
    env.reset(seed=3)
    before = env.clone_state()
    with pytest.raises(KeyboardInterrupt):
        env.step(RIGHT)
    assert env.clone_state() == before


@pytest.mark.parametrize("programs", [[], [WRONG], [WRONG, HALF]], ids=len)
def test_a_restored_episode_goes_on_as_the_first_one_did(programs: list[str]) -> None:
    """From a pickled clone, in another environment, the same actions give the same, the next draws too."""
    env, other = make_env(feedback="random"), make_env(feedback="random")
    last = play(env, programs, seed=5)[-1]
    state = pickle.loads(pickle.dumps(env.clone_state()))
    assert other.restore_state(state) == (last[0], last[-1])
    for program in (CRASH, RIGHT):
        step = env.step(program)
        assert other.step(program) == step
        if step[2]:
            break
    assert [env.reset() for _ in range(5)] == [other.reset() for _ in range(5)]


def test_a_clone_is_not_changed_by_what_comes_after() -> None:
    """One clone can be restored again and again: a tree of rollouts."""
    env = make_env(reward="gain")
    play(env, [HALF], seed=0)
    state = env.clone_state()
    for _, program in itertools.product(range(2), (WRONG, RIGHT)):
        env.restore_state(state)
        assert env.step(program)[1] == {WRONG: -0.5, RIGHT: 1.5}[program]


def test_a_restored_ended_episode_is_ended_and_says_how() -> None:
    """After restoring an ended episode, ``info`` is that of its end, and there is no further step."""
    env = make_env()
    last = play(env, [RIGHT], seed=0)[-1]
    state = env.clone_state()
    env.reset()
    observation, info = env.restore_state(state)
    with pytest.raises(UsageError, match=r"reset\(\)"):
        env.step(RIGHT)
    assert (observation, info) == (last[0], last[-1])


def test_a_state_that_leaves_no_turn_is_refused() -> None:
    """A state of an episode that goes on, with as many turns as this environment has, cannot be restored."""
    env = make_env(max_turns=3)
    play(env, [WRONG, WRONG], seed=0)
    with pytest.raises(UsageError, match="turns"):
        make_env(max_turns=2).restore_state(env.clone_state())


def test_a_state_of_an_unknown_problem_is_refused() -> None:
    """A state of a problem that this environment has not is a ProblemError."""
    env = make_env()
    env.reset(options={"problem_id": "double-e"})
    with pytest.raises(ProblemError, match="double-e"):
        make_env(problems=PROBLEMS[:2]).restore_state(env.clone_state())


def test_random_feedback_is_of_a_program_that_fails() -> None:
    """Wrong programs that pass the public tests, said so or not, would say that all is well."""
    silent = (LabelledProgram("magnitude", "wrong_answer", PUBLIC_ONLY), LabelledProgram("no", "wrong_answer", WRONG))
    told = (LabelledProgram("half", "wrong_answer", PUBLIC_ONLY, fails="private"),)
    others = [make_problem("silent", programs=silent), make_problem("told", programs=told)]
    env = make_env(problems=[make_problem("this", programs=()), *others], feedback="random", max_turns=40)
    env.reset(seed=0, options={"problem_id": "this"})
    for _ in range(30):
        observation, *_ = env.step(WRONG)
        assert "passes 0 of 2" in observation["dialogue"][-1]["feedback"]
