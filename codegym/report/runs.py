"""Runs as a report needs them: read as a stream, with numbers kept of each episode and no texts."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codegym.episode import Episode, TurnRecord
from codegym.errors import UsageError
from codegym.running import read_about

EPISODES = "episodes.jsonl"
PAIRS = 1000
"""Pairs of successive programs, drawn from a run, of which the similarity is measured."""
LONGEST = 5000
"""Characters of a program that are compared."""
_MOST_TURNS = 10_000
_LARGEST = 2.0**53


@dataclass(frozen=True, slots=True)
class Turn:
    """Numbers of a turn.

    Attributes:
        verdict: on the public tests.
        public_verdicts: one for each public test.
        answer_s: seconds that the agent took.
        step_s: seconds that judging took.
        prompt_tokens: of the question.
        completion_tokens: of the answer.
        repeats: whether the program is the very one of the turn before.
    """

    verdict: str
    public_verdicts: tuple[str, ...]
    answer_s: float
    step_s: float
    prompt_tokens: int
    completion_tokens: int
    repeats: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Numbers of an episode; see :class:`~codegym.episode.Episode`.

    Attributes:
        problem_id: which problem.
        difficulty: of the problem.
        rollout: which of several episodes on it.
        solved: whether the last program passes all tests.
        verdict: of the last program; empty if the episode did not end.
        error: why it did not end; empty if it did.
        seconds: by the clock.
        reward: sum over the turns.
        turns: the turns.
        passing: programs that pass the public tests and of which it is known whether they solve: the last one, and
            earlier ones with the same text. (With feedback ``none`` an episode goes on after a program that passes.)
        solving: of these solve.
        offset: where its record begins in the file, in bytes.
    """

    problem_id: str
    difficulty: str
    rollout: int
    solved: bool
    verdict: str
    error: str
    seconds: float
    reward: float
    turns: tuple[Turn, ...]
    passing: int
    solving: int
    offset: int

    @property
    def goes_on(self) -> bool:
        """Whether it went on after a program that passes the public tests."""
        return any(turn.verdict == "accepted" for turn in self.turns[:-1])


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was made.

    Attributes:
        name: short and of its own among the runs of a report.
        path: its folder.
        about: what ``run.json`` says.
        rows: its episodes by problem and rollout; of one that was played again, the one that ended.
        pairs: programs of successive turns that differ, and the turn of the later one from 1; a sample of all.
    """

    name: str
    path: Path
    about: dict[str, Any] = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    pairs: tuple[tuple[str, str, int], ...] = field(default=(), repr=False)

    @property
    def ended(self) -> tuple[Row, ...]:
        """The episodes that ended."""
        return tuple(row for row in self.rows if not row.error)

    @property
    def errors(self) -> int:
        """Number of episodes that could not end through no fault of a program; they are in no metric."""
        return len(self.rows) - len(self.ended)

    @property
    def turns(self) -> int:
        """Turns that an episode may have."""
        said = self.setting("turns")
        longest = max((len(row.turns) for row in self.rows), default=1)
        return said if type(said) is int and longest <= said <= _MOST_TURNS else longest

    def setting(self, name: str) -> Any:
        """What ``run.json`` says of a setting; empty if nothing."""
        settings = self.about.get("settings")
        return settings.get(name, "") if isinstance(settings, dict) else ""

    def problem_set(self, name: str) -> Any:
        """What ``run.json`` says of the problem set; empty if nothing."""
        problems = self.about.get("problems")
        return problems.get(name, "") if isinstance(problems, dict) else ""

    def episodes(self) -> Iterator[tuple[Row, Episode]]:
        """Each row with its whole record, read anew."""
        with (self.path / EPISODES).open("rb") as file:
            for row in self.rows:
                file.seek(row.offset)
                yield row, Episode.from_json(file.readline().decode("utf-8", "replace"))


def load_runs(paths: Sequence[Path]) -> tuple[Run, ...]:
    """Read run folders; each gets a name of its own.

    Raises:
        UsageError: one is no run, has a spoilt line, or is given twice.
    """
    if not paths:
        raise UsageError("expected at least one run folder, got none")
    places = [path.resolve() for path in paths]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise UsageError(f"expected each run once, got {paths[number]} twice")
    names = [place.name for place in places]
    own = [f"{place.parent.name}/{place.name}" if names.count(place.name) > 1 else place.name for place in places]
    own = [f"{name} ({number})" if own.count(name) > 1 else name for number, name in enumerate(own, 1)]
    return tuple(load_run(path, name) for path, name in zip(paths, own, strict=True))


def load_run(path: Path, name: str = "") -> Run:
    """Read a run folder. One that is still written to is read as it is now.

    Args:
        path: the folder.
        name: of the run; by default the folder's.

    Raises:
        UsageError: there is no such run, or a line of it is spoilt.
    """
    about = read_about(path)
    reader = _Reader()
    found: dict[tuple[str, int], Row] = {}
    for where, offset, line in _lines(path / EPISODES):
        try:
            episode = Episode.from_json(line)
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
        if not episode.error and not episode.turns:
            raise UsageError(f"{where}: expected an episode that ended to have a turn, got none")
        if not all(map(_is_sound, _numbers(episode))):
            raise UsageError(f"{where}: expected finite numbers below 2^53, got others")
        key = episode.problem_id, episode.rollout
        if key not in found or found[key].error:
            found[key] = reader.row(episode, offset)
    rows = tuple(found[key] for key in sorted(found))
    return Run(name or path.resolve().name, path, about, rows, tuple(reader.pairs))


def _numbers(episode: Episode) -> Iterator[float]:
    yield from (episode.seconds, episode.rollout)
    for turn in episode.turns:
        yield from (turn.reward, turn.answer_s, turn.step_s, turn.prompt_tokens, turn.completion_tokens)


def _is_sound(number: float) -> bool:
    return abs(number) < _LARGEST  # false for NaN too


def _lines(path: Path) -> Iterator[tuple[str, int, str]]:
    """Where each line stands, and the line. One that is not finished is being written, or was at a kill."""
    offset = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.endswith(b"\n"):
                    yield f"{path}:{number}", offset, line.decode("utf-8", "replace")
                offset += len(line)
    except OSError as error:
        raise UsageError(f"expected a run folder with {EPISODES}, got {path.parent}: {error.strerror}") from None


class _Reader:
    """Makes rows, and draws pairs of programs, each of those that come up as likely as any other."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str, int]] = []
        self._seen = 0
        self._random = random.Random(0)
        self._same: dict[Any, Any] = {}

    def row(self, episode: Episode, offset: int) -> Row:
        before = (None, *episode.turns)
        turns = tuple(self._turn(turn, last) for turn, last in zip(episode.turns, before, strict=False))
        passing = 0
        if not episode.error:
            for number, (earlier, later) in enumerate(zip(episode.turns, episode.turns[1:], strict=False), 2):
                self._draw(earlier, later, number)
            last = episode.turns[-1]
            if last.verdict == "accepted":
                passing = sum(turn.program == last.program for turn in episode.turns)
        return Row(
            problem_id=self._one(episode.problem_id),
            difficulty=self._one(episode.difficulty),
            rollout=episode.rollout,
            solved=episode.solved,
            verdict=self._one(episode.verdict),
            error=self._one(episode.error),
            seconds=episode.seconds,
            reward=sum(turn.reward for turn in episode.turns),
            turns=turns,
            passing=passing,
            solving=passing if episode.solved else 0,
            offset=offset,
        )

    def _turn(self, turn: TurnRecord, before: TurnRecord | None) -> Turn:
        return Turn(
            verdict=self._one(turn.verdict),
            public_verdicts=self._one(turn.public_verdicts),
            answer_s=turn.answer_s,
            step_s=turn.step_s,
            prompt_tokens=turn.prompt_tokens,
            completion_tokens=turn.completion_tokens,
            repeats=before is not None and before.program == turn.program,
        )

    def _one(self, value: Any) -> Any:
        """The same object for the same value, for most come up again and again."""
        if isinstance(value, tuple):
            value = tuple(self._one(item) for item in value)
        return self._same.setdefault(value, value)

    def _draw(self, earlier: TurnRecord, later: TurnRecord, turn: int) -> None:
        """Reservoir sampling."""
        if earlier.program == later.program:
            return
        self._seen += 1
        pair = earlier.program[:LONGEST], later.program[:LONGEST], turn
        if len(self.pairs) < PAIRS:
            self.pairs.append(pair)
        elif (place := self._random.randrange(self._seen)) < PAIRS:
            self.pairs[place] = pair
