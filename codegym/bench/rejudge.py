"""Judging the answers of a run again, without asking the agent: after a fix of tests, sandbox or judge."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from codegym.bench.agents.protocol import Answer
from codegym.bench.folder import Key, RunFolder, read_run
from codegym.bench.provenance import describe_run
from codegym.bench.rollout import rollout
from codegym.bench.run import Listener, play_all
from codegym.bench.settings import Settings
from codegym.bench.stage import Stage
from codegym.datasets import ProblemSet
from codegym.env import Observation
from codegym.episode import Episode
from codegym.errors import UsageError
from codegym.running import in_threads
from codegym.sandbox.base import Sandbox


@dataclass(frozen=True, slots=True)
class Change:
    """An episode that came out otherwise.

    Attributes:
        problem_id: which problem.
        rollout: which of its episodes.
        was: the last program's verdict then.
        now: and now.
        solved_was: whether it was solved.
        solved_now: whether it is.
    """

    problem_id: str
    rollout: int
    was: str
    now: str
    solved_was: bool
    solved_now: bool


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What came of judging again.

    Attributes:
        episodes: as they are now.
        changes: those whose outcome or verdicts are others.
        other_problems: whether the problem set is another one than it was.
        left_out: episodes that could not be judged: they had failed, or their problem is not there.
        cut_short: episodes that would have gone on, had there been another answer; the last answer was their last.
    """

    episodes: list[Episode]
    changes: tuple[Change, ...]
    other_problems: bool
    left_out: int
    cut_short: int

    def as_dict(self) -> dict[str, Any]:
        """What changed, for JSON."""
        return {
            "changes": [asdict(change) for change in self.changes],
            "other_problems": self.other_problems,
            "left_out": self.left_out,
            "cut_short": self.cut_short,
        }


class Recorded:
    """The agent that an episode's answers are.

    Args:
        episode: its record.
    """

    def __init__(self, episode: Episode) -> None:
        self._turns = episode.turns

    def answer(self, observation: Observation) -> Answer:
        """See :class:`~codegym.bench.agents.protocol.Agent`."""
        turn = self._turns[len(observation["dialogue"])]
        return Answer(turn.answer, turn.prompt_tokens, turn.completion_tokens)


def settings_of(about: Mapping[str, Any], path: Path) -> Settings:
    """The settings of a run that was made.

    Raises:
        UsageError: its ``run.json`` has none that can be read.
    """
    try:
        return Settings.from_dict(about["settings"])
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UsageError(f"expected a run with settings in its run.json, got {path}") from None


def rejudge(
    source: Path,
    problems: ProblemSet,
    sandbox: Sandbox,
    out: Path,
    *,
    resume: bool = False,
    concurrency: int = 1,
    more: Mapping[str, Any] | None = None,
    listener: Listener | None = None,
) -> Rejudged:
    """Judge the answers of a run again, into a run of its own.

    An episode ends when its program passes the public tests now, or with the last answer that there is.

    Args:
        source: folder of the run; it is only read.
        problems: the problems as they are now.
        sandbox: where programs run.
        out: folder of the new run.
        resume: go on with the judging in ``out``.
        concurrency: episodes at once.
        more: what else ``run.json`` is to say.
        listener: hears of the progress.

    Raises:
        UsageError: a folder cannot be used, or none of the problems are there.
        SandboxUnavailable: no sandbox can be had.
    """
    about, records = read_run(source)
    if out.resolve() == source.resolve():
        raise UsageError(f"expected a new folder for what is judged again, got that of the run itself, {out}")
    settings = settings_of(about, source)
    known = set(problems.ids)
    was = {key: episode for key, episode in records.items() if not episode.error and key[0] in known}
    if not was:
        raise UsageError(f"expected episodes of problems in {problems.name}, got none in {source}")
    origin = {name: about.get(name) for name in ("codegym", "package", "problems", "sandbox", "started")}
    said = {**(more or {}), "rejudged": {"run": str(source), **origin}}
    stage = Stage(settings, problems, sandbox)
    with closing(RunFolder(out, describe_run(settings, problems, sandbox, more=said), resume=resume)) as folder:

        def play(key: Key) -> Episode:
            before = was[key]
            env = stage.environment(len(before.turns))
            now = rollout(
                env, Recorded(before), problem_id=key[0], rollout=key[1], seed=stage.seed(key), stopped=stage.stopped
            )
            turns = [replace(turn, answer_s=old.answer_s) for turn, old in zip(now.turns, before.turns, strict=False)]
            now = replace(now, turns=tuple(turns))
            folder.add(now)
            return now

        episodes = play_all(
            list(was),
            lambda todo: in_threads(play, todo, concurrency, given_up=stage.stop),
            folder,
            concurrency,
            listener,
        )
    short = [now for now in episodes if _is_cut_short(now, settings.turns)]
    return Rejudged(
        episodes=episodes,
        changes=tuple(_changes(was, episodes)),
        other_problems=origin["problems"] is None or origin["problems"].get("hash") != problems.content_hash,
        left_out=len(records) - len(was),
        cut_short=len(short),
    )


def _is_cut_short(episode: Episode, turns: int) -> bool:
    return not episode.error and len(episode.turns) < turns and episode.turns[-1].verdict != "accepted"


def _changes(was: Mapping[Key, Episode], episodes: Sequence[Episode]) -> list[Change]:
    found = []
    for now in episodes:
        before = was[now.problem_id, now.rollout]
        if not now.error and _outcome(before) != _outcome(now):
            change = Change(now.problem_id, now.rollout, before.verdict, now.verdict, before.solved, now.solved)
            found.append(change)
    return found


def _outcome(episode: Episode) -> tuple[Any, ...]:
    return episode.solved, episode.verdict, tuple(turn.verdict for turn in episode.turns)
