"""Tests of codegym.bench.rejudge."""

from pathlib import Path
from typing import Any

import pytest

from codegym import Sandbox, TestCase
from codegym.bench.rejudge import Change, Rejudged, rejudge
from codegym.bench.run import RunFolder, Settings, run_benchmark
from codegym.datasets import ProblemSet
from codegym.episode import Episode
from codegym.errors import UsageError
from codegym.running import read_about
from tests.fakes import PUBLIC, Failing, make_problem, scripted
from tests.test_run import ABOUT, kept

PROBLEMS = ProblemSet([make_problem(name) for name in "abcd"], "four")


def first(out: Path, agent: str = "repair", sandbox: Sandbox | None = None, **settings: Any) -> list[Episode]:
    return run_benchmark(Settings(agent, **settings), PROBLEMS, sandbox or scripted(), out)


def again(tmp_path: Path, problems: ProblemSet = PROBLEMS, sandbox: Sandbox | None = None, **options: Any) -> Rejudged:
    return rejudge(tmp_path / "run", problems, sandbox or scripted(), tmp_path / "again", **options)


@pytest.mark.parametrize("feedback", ["all_failures", "none", "random"])
@pytest.mark.parametrize("agent", ["repair", "starter", "wrong"])
def test_where_nothing_changed_all_comes_out_as_it_was(tmp_path: Path, agent: str, feedback: str) -> None:
    """The same tests and sandbox give the same episodes, whatever the feedback, and the run itself is left as it is."""
    episodes = first(tmp_path / "run", agent, rollouts=2, feedback=feedback)
    before = {file.name: file.read_bytes() for file in (tmp_path / "run").iterdir()}
    done = again(tmp_path, concurrency=3)
    assert sorted(done.episodes, key=lambda e: (e.rollout, e.problem_id)) == episodes
    assert (done.changes, done.other_problems, done.left_out, done.cut_short) == ((), False, 0, 0)
    assert {file.name: file.read_bytes() for file in (tmp_path / "run").iterdir()} == before
    about = read_about(tmp_path / "again")
    assert about["rejudged"]["run"] == str(tmp_path / "run")
    assert about["settings"] == read_about(tmp_path / "run")["settings"]


def test_tests_that_were_mended_change_verdicts(tmp_path: Path) -> None:
    """What passes only wrong private tests is no longer solved once they are right, and the change is told."""
    lax = ProblemSet([make_problem("a", private_tests=PUBLIC), make_problem("b")], "four")
    strict = ProblemSet([make_problem("a"), make_problem("b")], "four")
    run_benchmark(Settings("starter"), lax, scripted(), tmp_path / "run")
    done = again(tmp_path, strict)
    assert done.changes == (Change("a", 0, "accepted", "wrong_answer", True, False),)
    assert done.other_problems


def test_an_episode_ends_where_its_answers_do(tmp_path: Path) -> None:
    """Where a program that passed fails now, no other is asked for: the last answer is the last turn."""
    run_benchmark(Settings("oracle"), PROBLEMS[:1], scripted(), tmp_path / "run")
    harder = ProblemSet([make_problem("a", public_tests=(TestCase("5\n", "11\n"),))], "four")
    done = again(tmp_path, harder)
    (episode,) = done.episodes
    assert (len(episode.turns), episode.solved, episode.verdict, done.cut_short) == (1, False, "wrong_answer", 1)
    assert done.changes == (Change("a", 0, "accepted", "wrong_answer", True, False),)


def test_an_episode_may_end_sooner(tmp_path: Path) -> None:
    """A first program that passes now ends the episode; later answers are not judged."""
    first(tmp_path / "run", "repair")
    easier = ProblemSet([make_problem("a", public_tests=(), private_tests=())], "four")
    done = again(tmp_path, easier)
    assert [(len(e.turns), e.solved) for e in done.episodes] == [(1, True)]
    assert done.left_out == 3


def test_failed_episodes_are_left_out(tmp_path: Path) -> None:
    """What failed through our fault has no answers to judge, and is counted."""
    first(tmp_path / "run", "oracle", Failing(scripted(), 0, 1, 2))
    done = again(tmp_path)
    assert (len(done.episodes), done.left_out) == (3, 1)


def test_tokens_and_seconds_of_answers_stay(tmp_path: Path) -> None:
    """What an answer cost when it was given is what it cost."""
    (episode,) = run_benchmark(Settings("oracle"), PROBLEMS[:1], scripted(), tmp_path / "run")
    done = rejudge(tmp_path / "run", PROBLEMS[:1], scripted(), tmp_path / "again")
    assert done.episodes[0].turns[0].answer_s == episode.turns[0].answer_s > 0


def test_judging_again_resumes_too(tmp_path: Path) -> None:
    """What failed through our fault this time is judged again on resuming, alone."""
    first(tmp_path / "run", "oracle")
    done = again(tmp_path, sandbox=Failing(scripted(), 0, 1, 2))
    assert sum(bool(episode.error) for episode in done.episodes) == 1
    sandbox = scripted()
    assert [episode.solved for episode in again(tmp_path, sandbox=sandbox, resume=True).episodes] == [True] * 4
    assert len(sandbox.calls) == 2
    assert len(kept(tmp_path / "again")) == 5


def test_what_cannot_be_judged_again_is_refused(tmp_path: Path) -> None:
    """No run, its own folder, other problems and settings that say nothing are UsageErrors."""
    with pytest.raises(UsageError, match="expected a run folder"):
        again(tmp_path)
    first(tmp_path / "run")
    with pytest.raises(UsageError, match="expected a new folder"):
        rejudge(tmp_path / "run", PROBLEMS, scripted(), tmp_path / "x" / ".." / "run")
    with pytest.raises(UsageError, match="got none in"):
        again(tmp_path, ProblemSet([make_problem("other")], "one"))
    RunFolder(tmp_path / "odd", ABOUT | {"settings": {"colour": 1}}, resume=False).close()
    with pytest.raises(UsageError, match=r"settings in its run\.json"):
        rejudge(tmp_path / "odd", PROBLEMS, scripted(), tmp_path / "x")


def test_two_rejudgings_do_not_mix_in_one_folder(tmp_path: Path) -> None:
    """Resuming with another run, or with a run of its own, is refused."""
    first(tmp_path / "run", "oracle")
    first(tmp_path / "other", "oracle")
    again(tmp_path, sandbox=Failing(scripted(), 0, 1, 2))
    with pytest.raises(UsageError, match="rejudged was"):
        rejudge(tmp_path / "other", PROBLEMS, scripted(), tmp_path / "again", resume=True)
    with pytest.raises(UsageError, match="rejudged was"):
        run_benchmark(Settings("oracle"), PROBLEMS, scripted(), tmp_path / "again", resume=True)
