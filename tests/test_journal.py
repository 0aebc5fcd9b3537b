"""Tests of codegym.bench.journal, and of runs that are cut off within an episode."""

import asyncio
import random
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from codegym import Limits
from codegym.bench.agents import Answer, Context
from codegym.bench.journal import Journal, Kept, question_key
from codegym.bench.run import Listener
from codegym.env import Observation
from codegym.episode import Episode
from codegym.errors import AgentError, UsageError
from tests.fakes import PUBLIC_ONLY, RIGHT, WRONG, Around, scripted
from tests.test_run import agent, kept, names, run

__all__ = ["agent"]


def test_answers_of_an_episode_that_was_cut_off_are_not_asked_again(tmp_path: Path, agent: Any) -> None:
    """After a failure at the second turn only that turn is asked again; when all is over the journal is gone."""
    asked: list[tuple[str, int]] = []
    broken = [True]

    def answer(observation: Observation) -> str:
        turn = len(observation["dialogue"])
        asked.append((observation["problem"][18:19], turn))
        if broken[0] and asked[-1] == ("a", 1):
            raise ValueError
        return RIGHT if turn else WRONG

    name = agent(answer)
    with pytest.raises(AgentError):
        run(tmp_path, name)
    journal = (tmp_path / "answers.jsonl").read_bytes()
    (tmp_path / "answers.jsonl").write_bytes(journal + b'{"half')
    broken[0] = False
    run(tmp_path, name, resume=True)
    assert sorted(asked) == sorted([("a", 1), *((letter, turn) for letter in "abcd" for turn in (0, 1))])
    assert not (tmp_path / "answers.jsonl").exists()


def test_a_spoilt_journal_is_refused(tmp_path: Path) -> None:
    """A whole line that is no answer is told with file and line."""
    run(tmp_path)
    (tmp_path / "answers.jsonl").write_text("{}\n")
    with pytest.raises(UsageError, match=r"answers\.jsonl:1: expected an answer that was kept"):
        run(tmp_path, resume=True)


def test_an_interrupt_stops_an_agent_that_waits(tmp_path: Path, agent: Any) -> None:
    """Ctrl-C ends a coroutine that would wait for ever; what it was asked is asked again on resuming, and no more."""
    asked: list[str] = []
    waiting = [True]

    async def answer(observation: Observation) -> str:
        asked.append(observation["problem"])
        while waiting[0] and "(d)" in observation["problem"]:
            await asyncio.sleep(0.01)
        return RIGHT

    name = agent(answer)

    def interrupt(episode: Episode) -> None:
        if len(kept(tmp_path)) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, name, concurrency=2, listener=Listener(ended=interrupt))
    waiting[0] = False
    assert names(run(tmp_path, name, resume=True)) == [(letter, 0) for letter in "abcd"]
    assert len(asked) <= 5


@pytest.mark.parametrize("concurrency", [1, 5])
def test_an_agent_that_samples_by_its_seed_plays_the_same_run(tmp_path: Path, agent: Any, concurrency: int) -> None:
    """What an agent draws with the seed that it is given depends on the run's seed, problem, rollout and turn alone."""

    def answer(observation: Observation, context: Context) -> str:
        return random.Random(context.seed).choice([RIGHT, WRONG, PUBLIC_ONLY]) + f"# {context.seed}"

    class Seeded(Around):
        def execute(self, program: str, inputs: Any, limits: Limits, **options: Any) -> Any:
            return super().execute(program.partition("#")[0], inputs, limits, **options)

    name = agent(answer)

    def play(out: str, seed: int, at_once: int) -> list[Episode]:
        settings = {"rollouts": 6, "seed": seed}
        return run(tmp_path / out, name, Seeded(scripted()), settings=settings, concurrency=at_once)

    wanted = play("one", 0, 1)
    assert play("again", 0, concurrency) == wanted
    assert play("other", 1, concurrency) != wanted
    seeds = [turn.answer for episode in wanted for turn in episode.turns]
    assert len(set(seeds)) == len(seeds)


def test_a_question_is_known_by_all_that_an_answer_may_depend_on() -> None:
    """Another dialogue, seed or earlier answer is another question; the same is the same."""
    seen: Observation = {"problem": "p", "dialogue": ({"program": "a", "feedback": "f"},), "turns_left": 1}
    others: list[Any] = [
        (seen, Context(1, ("a",))),
        (seen, Context(2, ("a",))),
        (seen, Context(1, ("b",))),
        ({**seen, "problem": "\ud800"}, Context(1, ("a",))),
        ({**seen, "dialogue": ({"program": "a", "feedback": "g"},)}, Context(1, ("a",))),
        ({**seen, "turns_left": 2}, Context(1, ("a",))),
    ]
    assert len({question_key(*question) for question in others}) == len(others)
    assert question_key(seen, Context(1, ("a",))) == question_key(*others[0])


@pytest.mark.parametrize("text", ["", "\ud83d", "\ud83d\ude00", "\0\n\u2028"], ids=ascii)
def test_any_answer_is_kept_as_it_was(tmp_path: Path, text: str) -> None:
    """What was written down comes back, with its tokens, for the same place and question alone."""
    place = ("p", 0, 1)
    with closing(Journal(tmp_path / "j")) as journal:
        journal.keep(place, "k", Kept(Answer(text, 1, 2), 0.5))
    with closing(Journal(tmp_path / "j")) as journal:
        assert journal.recall(place, "k") == Kept(Answer(text, 1, 2), 0.5)
        assert journal.recall(place, "other") is None
        assert journal.recall(("p", 1, 1), "k") is None
    with closing(Journal(tmp_path / "j", {("p", 0)})) as journal:
        assert journal.recall(place, "k") is None
