"""Tests of codegym.bench.rollout."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym import CodeRepairEnv, Sandbox, SandboxError
from codegym.bench import rollout
from codegym.bench.agents import Agent, make_agent
from codegym.bench.rollout import TRIES
from codegym.datasets import ProblemSet
from codegym.env import Observation
from codegym.episode import Episode
from codegym.errors import AgentError, BoxFailure, ProblemError, SandboxUnavailable
from codegym.wrappers import ExtractProgram
from tests.fakes import CRASH, HALF, PUBLIC_ONLY, RIGHT, WRONG, Failing, make_problem, scripted

PROBLEMS = ProblemSet([make_problem("a"), make_problem("b", difficulty="hard")], "two")


class Says(Agent):
    """Gives answers one after the other, and keeps what it was shown."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.seen: list[Observation] = []

    def answer(self, observation: Observation) -> str:
        self.seen.append(observation)
        answer: str = self.answers[len(self.seen) - 1]
        return answer


def make_env(sandbox: Sandbox | None = None, **options: Any) -> CodeRepairEnv:
    return CodeRepairEnv(PROBLEMS, sandbox=sandbox or scripted(), **options)


def test_the_record_says_what_happened() -> None:
    """Problem, turns, rewards, verdicts and end are those of the episode."""
    agent = Says(WRONG, PUBLIC_ONLY)
    episode = rollout(make_env(), agent, problem_id="b", rollout=7)
    assert (episode.problem_id, episode.difficulty, episode.rollout, episode.error) == ("b", "hard", 7, "")
    assert [turn.program for turn in episode.turns] == [WRONG, PUBLIC_ONLY]
    assert [turn.reward for turn in episode.turns] == [0.0, -1.0]
    assert [turn.verdict for turn in episode.turns] == ["wrong_answer", "accepted"]
    assert (episode.solved, episode.verdict) == (False, "wrong_answer")
    assert episode.private_verdicts == ("accepted", "wrong_answer", "skipped")


def test_the_agent_sees_its_feedback() -> None:
    """What the record says that the agent was told is what the agent was shown next."""
    agent = Says(WRONG, RIGHT)
    episode = rollout(make_env(), agent, problem_id="a")
    assert [len(observation["dialogue"]) for observation in agent.seen] == [0, 1]
    assert agent.seen[1]["dialogue"][0]["feedback"] == episode.turns[0].feedback


def test_the_answer_and_the_program_in_it_are_both_kept() -> None:
    """Where programs are extracted the whole answer is recorded beside the program."""
    answer = f"Here it is:\n```python\n{RIGHT}```\n"
    env: Any = ExtractProgram(make_env())
    (turn,) = rollout(env, Says(answer), problem_id="a").turns
    assert (turn.answer, turn.program) == (answer, RIGHT)


@given(
    answers=st.lists(st.sampled_from([RIGHT, WRONG, HALF, CRASH, PUBLIC_ONLY, "", "\ud800"]), min_size=3, max_size=3),
    reward=st.sampled_from(["outcome", "rlef", "fraction", "gain", lambda *_: float("nan"), lambda *_: float("inf")]),
)
def test_any_episode_round_trips_through_its_record(answers: list[str], reward: Any) -> None:
    """Whatever was answered and earned, the line of JSON gives the same record again."""
    episode = rollout(make_env(reward=reward), Says(*answers), problem_id="a")
    line = episode.to_json()
    assert Episode.from_json(line) == episode
    assert "\n" not in line


@pytest.mark.parametrize("error", [SandboxError, BoxFailure])
@pytest.mark.parametrize("failures", range(TRIES))
def test_a_step_that_failed_is_taken_again(error: type[SandboxError], failures: int) -> None:
    """Fewer failures than tries leave no trace in the record, and the agent is not asked again."""
    agent, same = Says(PUBLIC_ONLY), Says(PUBLIC_ONLY)
    sandbox = Failing(scripted(), *range(failures), 10_000, error=error)
    episode = rollout(make_env(sandbox), agent, problem_id="a")
    wanted = rollout(make_env(), same, problem_id="a")
    assert (episode.turns, episode.verdict, episode.error) == (wanted.turns, wanted.verdict, "")
    assert len(agent.seen) == 1


@pytest.mark.parametrize("turns", [0, 1], ids=["first turn", "second turn"])
def test_an_episode_that_cannot_end_is_recorded_as_our_failure(turns: int) -> None:
    """After the last try the record has the error, the turns before it, and no verdict of any kind."""
    sandbox = Failing(scripted(), *range(turns, 100))
    episode = rollout(make_env(sandbox), Says(WRONG, RIGHT), problem_id="a")
    assert episode.error == "expected a box, got none"
    assert (episode.solved, episode.verdict, episode.private_verdicts) == (False, "", ())
    assert len(episode.turns) == turns
    assert sandbox.calls == turns + TRIES


def test_no_sandbox_at_all_ends_the_run() -> None:
    """Where no sandbox can be had there is no use in another try or another problem."""
    sandbox = Failing(scripted(), error=SandboxUnavailable)
    with pytest.raises(SandboxUnavailable):
        rollout(make_env(sandbox), Says(WRONG), problem_id="a")
    assert sandbox.calls == 1


def test_an_agent_that_raises_ends_the_episode() -> None:
    """An agent's failure is an AgentError with its name and words, not a record."""
    with pytest.raises(AgentError, match="IndexError: list index out of range"):
        rollout(make_env(), Says(WRONG), problem_id="a")


def test_an_unknown_problem_is_refused() -> None:
    """A problem that the environment has not is a ProblemError, before the agent is asked."""
    agent = Says(RIGHT)
    with pytest.raises(ProblemError, match="expected the id"):
        rollout(make_env(), agent, problem_id="c")
    assert agent.seen == []


def test_one_environment_plays_many_episodes() -> None:
    """Episodes one after the other in one environment, one of them failed, do not touch each other."""
    env = make_env(Failing(scripted(), 0, 1, 2))
    assert rollout(env, Says(RIGHT), problem_id="a").error
    again = [rollout(env, make_agent("repair", PROBLEMS), problem_id=name) for name in ("a", "b", "a")]
    assert [(episode.solved, len(episode.turns)) for episode in again] == [(True, 2)] * 3
