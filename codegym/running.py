"""Long work that can be gone on with: a folder that keeps each record as it is made, and threads that make them."""

import contextlib
import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain, count
from pathlib import Path
from typing import Any, TypeVar

from codegym.errors import UsageError

Job = TypeVar("Job")
Result = TypeVar("Result")
_BLOCK = 1 << 16


class LineFile:
    """A file to which lines are added, each of them whole: one that was being written at a kill is dropped.

    Args:
        path: the file; it is made if need be.

    Raises:
        UsageError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()
        try:
            if path.exists():
                _drop_half_line(path)
            self._file = path.open("a", encoding="ascii")
        except OSError as error:
            raise UsageError(f"expected a file that can be written, got {path}: {error.strerror}") from None

    def lines(self) -> Iterator[str]:
        """The lines, in the order in which they were written; reads them from the file."""
        return read_lines(self.path)

    def write(self, line: str) -> None:
        """Add a line of ASCII.

        Raises:
            UsageError: it cannot be written.
        """
        with self._writing:
            try:
                self._file.write(line + "\n")
                self._file.flush()
            except OSError as error:
                raise UsageError(
                    f"expected to write to {self.path}, got: {error.strerror}; what it holds is kept, "
                    "and --resume goes on with it"
                ) from None

    def close(self) -> None:
        """Let go of the file. What could not be written has been complained of."""
        with contextlib.suppress(OSError):
            self._file.close()


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a file of records."""
    with path.open("rb") as file:
        for line in file:
            yield line.decode("utf-8", "replace").removesuffix("\n")


class RecordFolder:
    """A folder with ``run.json`` (what the work is) and a file of records (a line each, as they are made).

    Each time that the work is gone on with, ``run.json`` gets an entry in its list ``resumed``: what ``about`` says
    then, but for what must be the same.

    Args:
        path: the folder.
        name: of the file of records.
        about: what ``run.json`` says; on resuming, what is there must say the same of format, settings and problems.
        resume: whether to go on with what is there.

    Raises:
        UsageError: there are records already, or another process writes to the folder, or it is other work's.
    """

    def __init__(self, path: Path, name: str, about: dict[str, Any], *, resume: bool) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = (path / ".lock").open("w")
        except OSError as error:
            raise UsageError(
                f"expected a folder for the run that can be written, got {path}: {error.strerror}"
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise UsageError(f"expected a run folder of one process, but another one is writing to {path}") from None
        try:
            if (path / "run.json").exists():
                about = self._go_on(about, resume)
            write_json(path / "run.json", about)
            self._records = LineFile(path / name)
        except BaseException:
            self._lock.close()
            raise

    def _go_on(self, about: dict[str, Any], resume: bool) -> dict[str, Any]:
        if not resume:
            raise UsageError(
                f"expected a new folder for the run, got {self.path} with a run in it; --resume goes on with it"
            )
        was = read_about(self.path)
        same = ("format", "settings", "problems", "rejudged")
        now = json.loads(json.dumps(about))
        for key in same:
            if was.get(key) != now.get(key):
                before, after = _difference(was.get(key), now.get(key))
                raise UsageError(f"expected to resume the same run, but {key} was {before} and is {after}")
        resumed = was.get("resumed")
        entry = {key: value for key, value in now.items() if key not in same}
        return {**was, "resumed": [*(resumed if isinstance(resumed, list) else []), entry]}

    @property
    def records_file(self) -> Path:
        """The file of records."""
        return self._records.path

    def lines(self) -> Iterator[str]:
        """The records that are kept, in the order in which they were made; reads them from the file."""
        return self._records.lines()

    def write(self, line: str) -> None:
        """Keep a record, a line of ASCII."""
        self._records.write(line)

    def close(self) -> None:
        """Let go of the folder."""
        self._records.close()
        self._lock.close()


def _difference(was: Any, now: Any) -> tuple[Any, Any]:
    """Of two mappings only the entries that differ."""
    if not isinstance(was, dict) or not isinstance(now, dict):
        return was, now
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    return {name: was.get(name) for name in names}, {name: now.get(name) for name in names}


def write_json(path: Path, data: Any) -> None:
    """Write a file of JSON: after a kill it is whole, as it was or as it is to be."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(json.dumps(data, indent=2) + "\n", encoding="ascii")
        os.replace(fresh, path)
    except OSError as error:
        raise UsageError(f"expected a file that can be written, got {path}: {error.strerror}") from None


def _drop_half_line(path: Path) -> None:
    """Cut off the line that was being written when the run was killed: it is a record that was not made."""
    with path.open("r+b") as file:
        end = file.seek(0, 2)
        while end:
            start = max(0, end - _BLOCK)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                file.truncate(start + newline + 1)
                return
            end = start
        file.truncate(0)


def new_folder(what: str) -> Path:
    """The name of a folder in ``runs/`` that is not there yet, by the time and what the run is."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{what}"
    numbered = (Path("runs") / f"{name}-{number}" for number in count(2))
    return next(path for path in chain([Path("runs") / name], numbered) if not path.exists())


def read_about(path: Path) -> dict[str, Any]:
    """What ``run.json`` of a run folder says.

    Raises:
        UsageError: there is no such run.
    """
    try:
        about = json.loads((path / "run.json").read_text())
    except (OSError, ValueError):
        about = None
    if not isinstance(about, dict):
        raise UsageError(f"expected a run folder with run.json, got {path}")
    return about


def in_threads(
    work: Callable[[Job], Result],
    jobs: Iterable[Job],
    concurrency: int,
    *,
    ending: Callable[[], object] | None = None,
    given_up: Callable[[], object] | None = None,
) -> Generator[Result, None, None]:
    """Each result as it comes, in no order. Jobs are taken from ``jobs`` no sooner than there is need of them.

    Args:
        work: what to do with a job.
        jobs: the jobs.
        concurrency: how many at once.
        ending: called before waiting for the jobs at work, at the end of all and at an error or interrupt.
        given_up: called before that, if the end is an interrupt or whoever takes the results wants no more.
    """
    executor = ThreadPoolExecutor(concurrency)
    try:
        left = iter(jobs)
        running: set[Future[Result]] = set()
        while True:
            for job in left:
                running.add(executor.submit(work, job))
                if len(running) >= 2 * concurrency:
                    break
            if not running:
                return
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                yield future.result()
    except (KeyboardInterrupt, GeneratorExit):
        if given_up:
            given_up()
        raise
    finally:
        if ending:
            ending()
        executor.shutdown(cancel_futures=True)
