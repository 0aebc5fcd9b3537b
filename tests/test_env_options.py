"""Tests of codegym.env: its arguments, and the options of reset."""

from typing import Any

import pytest

from codegym import CodeRepairEnv
from codegym.errors import CodegymError, ProblemError, UsageError
from codegym.sandbox import ScriptedSandbox
from tests.fakes import RIGHT, WRONG, make_function_problem, make_problem, scripted

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


@pytest.mark.parametrize(
    "options",
    [
        {"max_turns": 0},
        {"max_turns": -1},
        {"max_turns": True},
        {"max_turns": 2.0},
        {"max_turns": "3"},
        {"feedback": "some"},
        {"feedback": None},
        {"private": "none"},
        {"render_mode": "rgb_array"},
        {"sandbox": "chroot"},
        {"sandbox": ""},
        {"reward": "sparse"},
        {"reward": None},
        {"filters": {"colour": "red"}},
        {"filters": {"difficulty": "extreme"}},
        {"filters": {"tags": "absent"}},
        {"problems": 7},
        {"problems": ""},
    ],
    ids=str,
)
def test_a_bad_argument_is_refused(options: dict[str, Any]) -> None:
    """Each bad argument is a UsageError that says what was expected."""
    with pytest.raises(UsageError, match="expected"):
        make_env(**options)


@pytest.mark.parametrize(
    "options",
    [{"problems": []}, {"problems": "no-such-set"}, {"filters": {"predicate": lambda _: False}}],
    ids=["empty", "absent", "filtered"],
)
def test_no_problem_is_refused(options: dict[str, Any]) -> None:
    """An environment without a problem is a ProblemError."""
    with pytest.raises(ProblemError, match="expected"):
        make_env(**options)


def test_filters_choose_problems() -> None:
    """Only problems that meet every filter are drawn."""
    env = make_env(filters={"kind": "stdin", "starter": False})
    assert {env.reset(seed=seed)[1]["problem_id"] for seed in range(20)} == {"double-b"}


@pytest.mark.parametrize(
    "options",
    [
        {"problem": "double-a"},
        {"problem_id": 0},
        {"problem_id": b"double-a"},
        {"problem_id": ["double-a"]},
        {"dialogue": "text"},
        {"dialogue": 7},
        {"dialogue": {}},
        {"dialogue": ""},
        {"dialogue": False},
        {"dialogue": TURN},
        {"dialogue": ["text"]},
        {"dialogue": [{"program": "p"}]},
        {"dialogue": [TURN | {"reward": 0}]},
        {"dialogue": [TURN | {"program": None}]},
        {"dialogue": [TURN | {"feedback": b"f"}]},
        {"dialogue": [TURN | {"program": "\ud800"}]},
        {"dialogue": [TURN] * 3},
    ],
    ids=str,
)
def test_a_bad_option_of_reset_is_refused(options: dict[str, Any]) -> None:
    """Unknown or malformed options of ``reset`` are a UsageError that says what was expected; nothing is drawn."""
    env, other = make_env(), make_env()
    env.reset(seed=3)
    other.reset(seed=3)
    with pytest.raises(UsageError, match="expected"):
        env.reset(options=options)
    assert [env.reset()[1] for _ in range(5)] == [other.reset()[1] for _ in range(5)]


@pytest.mark.parametrize("name", ["", "double", "DOUBLE-A", "double-a ", "\0", "../double-a"])
def test_an_unknown_problem_is_refused(name: str) -> None:
    """An id that no problem has is a ProblemError."""
    with pytest.raises(ProblemError, match="expected the id"):
        make_env().reset(options={"problem_id": name})


def test_a_near_miss_is_hinted_at() -> None:
    """An id with a slip in it is told the one that was meant."""
    with pytest.raises(ProblemError, match="did you mean 'double-a'"):
        make_env().reset(options={"problem_id": "duoble-a"})


def test_a_failed_reset_leaves_the_episode() -> None:
    """After a reset that was refused the episode goes on."""
    env = make_env()
    env.reset(options={"problem_id": "double-a"})
    with pytest.raises(CodegymError):
        env.reset(options={"problem_id": "none"})
    assert env.step(RIGHT)[1] == 1.0


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_an_episode_begins_after_a_partial_dialogue(turns: int) -> None:
    """Given turns count as played, are shown, and earn nothing."""
    dialogue = [{"program": f"p{n}", "feedback": f"f{n}"} for n in range(turns)]
    env = make_env(reward="gain")
    observation, info = env.reset(options={"problem_id": "double-a", "dialogue": dialogue})
    assert (list(observation["dialogue"]), observation["turns_left"]) == (dialogue, 3 - turns)
    assert (info["turn"], info["verdict"], info["public"]) == (turns, "", {})
    observation, reward, terminated, _, info = env.step(WRONG)
    assert (info["turn"], terminated, reward) == (turns + 1, turns == 2, -1.0 if turns == 2 else 0.0)
    assert [turn["program"] for turn in observation["dialogue"]] == [f"p{n}" for n in range(turns)] + [WRONG]


def test_a_given_dialogue_is_copied() -> None:
    """Changing the list after ``reset``, or an observation after ``step``, changes no episode."""
    dialogue = [dict(TURN)]
    env = make_env()
    observation, _ = env.reset(options={"dialogue": dialogue})
    dialogue[0]["program"] = "changed"
    observation["dialogue"][0]["feedback"] = "changed"
    assert env.step(WRONG)[0]["dialogue"][0] == TURN


@pytest.mark.parametrize("action", [None, 7, b"print()", ["print()"], TOO_LONG], ids=lambda a: type(a).__name__)
def test_an_action_that_is_no_program_is_refused(action: Any) -> None:
    """What is no text, or too long, is a UsageError; the episode stays as it was."""
    env = make_env()
    env.reset(seed=0)
    before = env.clone_state()
    with pytest.raises(UsageError, match="expected a program as text"):
        env.step(action)
    assert env.clone_state() == before


@pytest.mark.parametrize("act", [lambda env: env.step(RIGHT), lambda env: env.problem, lambda env: env.clone_state()])
def test_nothing_goes_before_reset(act: Any) -> None:
    """Before ``reset`` there is no episode to step, clone or ask about."""
    with pytest.raises(UsageError, match=r"expected reset\(\)"):
        act(make_env())


def test_no_step_after_the_end() -> None:
    """An ended episode takes no further program, and runs none."""
    sandbox = scripted()
    env = make_env(sandbox=sandbox)
    env.reset(options={"problem_id": "double-a"})
    env.step(RIGHT)
    calls = len(sandbox.calls)
    with pytest.raises(UsageError, match=r"expected reset\(\)"):
        env.step(RIGHT)
    assert len(sandbox.calls) == calls


def test_reset_and_construction_run_nothing() -> None:
    """No sandbox is started before the first step: an unusable kind shows only there."""
    sandbox = ScriptedSandbox()
    make_env(sandbox=sandbox).reset(seed=0)
    assert sandbox.calls == []
