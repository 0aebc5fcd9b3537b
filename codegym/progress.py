"""Progress bars on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from codegym.episode import Episode


def _progress(quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet,
    )


@contextmanager
def bar(what: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A bar of ``total`` steps; gives the function that advances it by one."""
    with _progress(quiet) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def bench_bar(
    agent: str, *, quiet: bool = False
) -> Iterator[tuple[Callable[[int, int], None], Callable[[Episode], None]]]:
    """A bar of episodes, with the number solved so far; gives what :func:`run_benchmark` wants to be told with."""
    solved = ended = 0
    progress = _progress(quiet)
    task = progress.add_task(agent, total=None)
    try:

        def begin(total: int, there: int) -> None:
            progress.update(task, total=total, completed=there)
            progress.start()

        def done(episode: Episode) -> None:
            nonlocal solved, ended
            solved, ended = solved + episode.solved, ended + 1
            progress.update(task, advance=1, description=f"{agent}: solved {solved} of {ended}")

        yield begin, done
    finally:
        if progress.live.is_started:
            progress.stop()
