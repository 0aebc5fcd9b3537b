"""A run's folder: what the run is, its episodes as they end, and answers as they come."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codegym.bench.journal import Journal
from codegym.episode import Episode
from codegym.errors import UsageError
from codegym.running import RecordFolder, read_about, read_lines

EPISODES, ANSWERS = "episodes.jsonl", "answers.jsonl"
Key = tuple[str, int]
"""Problem and rollout."""


class RunFolder(RecordFolder):
    """A run's folder, with ``episodes.jsonl``: a line an episode, as it ends.

    Beside it ``answers.jsonl`` has each answer as it comes, until the run is over.

    Args:
        path: the folder.
        resume: whether to go on with the run that is there.
        about: what ``run.json`` says; on resuming, what is there must say the same.

    Attributes:
        done: problem and rollout of each episode that has ended; those that failed through our fault are not among
            them.
        journal: the answers.

    Raises:
        UsageError: there is a run already, or another process writes to it, or it is another run.
    """

    def __init__(self, path: Path, about: dict[str, Any], *, resume: bool) -> None:
        super().__init__(path, EPISODES, about, resume=resume)
        try:
            self.done: set[Key] = {(e.problem_id, e.rollout) for e in self.episodes() if not e.error}
            self.journal = Journal(path / ANSWERS, self.done)
        except BaseException:
            super().close()
            raise

    def add(self, episode: Episode) -> None:
        """Keep an episode."""
        self.write(episode.to_json())
        if not episode.error:
            self.done.add((episode.problem_id, episode.rollout))

    def episodes(self) -> Iterator[Episode]:
        """All records in the order in which they were made; of an episode that was played again, each one."""
        return map(Episode.from_json, self.lines())

    def over(self) -> None:
        """Nothing is left to play: the records have all answers."""
        self.journal.close()
        (self.path / ANSWERS).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the folder."""
        self.journal.close()
        super().close()


def read_run(path: Path) -> tuple[dict[str, Any], dict[Key, Episode]]:
    """A run that was made: what it is, and its episodes, the last record of each that has several.

    Raises:
        UsageError: there is no such run, or a line of it is spoilt.
    """
    about = read_about(path)
    found: dict[Key, Episode] = {}
    try:
        for number, line in enumerate(read_lines(path / EPISODES), 1):
            try:
                episode = Episode.from_json(line)
            except UsageError as error:
                raise UsageError(f"{path / EPISODES}:{number}: {error}") from None
            keep_last(found, episode)
    except OSError as error:
        raise UsageError(f"expected a run with {EPISODES}, got {path}: {error.strerror}") from None
    return about, found


def keep_last(found: dict[Key, Episode], episode: Episode) -> None:
    """Take an episode in, unless it failed through our fault and another one is there that did not."""
    key = episode.problem_id, episode.rollout
    if not episode.error or found.get(key, episode).error:
        found[key] = episode
