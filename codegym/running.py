"""Long work that can be gone on with: a folder that keeps each record as it is made, and threads that make them."""

import contextlib
import fcntl
import json
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


class RecordFolder:
    """A folder with ``run.json`` (what the work is) and a file of records (a line each, as they are made).

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
        self.records_file = path / name
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
        self._writing = threading.Lock()
        try:
            if (path / "run.json").exists():
                self._go_on(about, resume)
            else:
                (path / "run.json").write_text(json.dumps(about, indent=2) + "\n")
            self._file = self.records_file.open("a", encoding="ascii")
        except BaseException:
            self._lock.close()
            raise

    def _go_on(self, about: dict[str, Any], resume: bool) -> None:
        if not resume:
            raise UsageError(
                f"expected a new folder for the run, got {self.path} with a run in it; --resume goes on with it"
            )
        was = read_about(self.path)
        for key in ("format", "settings", "problems"):
            if was.get(key) != about[key]:
                raise UsageError(f"expected to resume the same run, but {key} was {was.get(key)} and is {about[key]}")
        if self.records_file.exists():
            _drop_half_line(self.records_file)

    def lines(self) -> Iterator[str]:
        """The records that are kept, in the order in which they were made; reads them from the file."""
        with self.records_file.open("rb") as file:
            for line in file:
                yield line.decode("utf-8", "replace").removesuffix("\n")

    def write(self, line: str) -> None:
        """Keep a record, a line of ASCII."""
        with self._writing:
            try:
                self._file.write(line + "\n")
                self._file.flush()
            except OSError as error:
                raise UsageError(
                    f"expected to write to {self.records_file}, got: {error.strerror}; what it holds is kept, "
                    "and --resume goes on with it"
                ) from None

    def close(self) -> None:
        """Let go of the folder. What could not be written has been complained of."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._lock.close()


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
    work: Callable[[Job], Result], jobs: Iterable[Job], concurrency: int, *, ending: Callable[[], object] | None = None
) -> Generator[Result, None, None]:
    """Each result as it comes, in no order. Jobs are taken from ``jobs`` no sooner than there is need of them.

    Args:
        work: what to do with a job.
        jobs: the jobs.
        concurrency: how many at once.
        ending: called before waiting for the jobs at work, at the end of all and at an error or interrupt.
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
    finally:
        if ending:
            ending()
        executor.shutdown(cancel_futures=True)
