"""What the command ``codegym bench`` prints of several runs, and of runs judged again."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from codegym.bench.matrix import Cell
from codegym.bench.rejudge import Rejudged
from codegym.bench.report import Summary
from codegym.tables import out

_MOST_SHOWN = 20


def print_cells(results: Sequence[tuple[Cell, Summary | str]]) -> None:
    """A line a run of a matrix, and why those that could not be run were not."""
    table = Table(
        "agent", "problems", "feedback", "turns", "episodes", "solved", "rate", "mean turns", "failed", box=None
    )
    for cell, result in results:
        told = (cell.agent, cell.problems, cell.settings.feedback, str(cell.settings.turns))
        if isinstance(result, str):
            table.add_row(*told, "not run", style="red")
            continue
        total = result.total
        figures = (str(total.episodes), str(total.solved), f"{total.rate:.1%}", f"{total.turns:.2f}")
        table.add_row(*told, *figures, str(result.errors or ""))
    out.print(table)
    for cell, result in results:
        if isinstance(result, str):
            out.print(f"{cell.name}: {result}", soft_wrap=True)


def print_changes(again: Rejudged) -> None:
    """What judging a run again changed."""
    if again.other_problems:
        print("The problems are not those of the run: tests or texts have changed since.")
    if again.changes:
        table = Table("problem", "rollout", "was", "is", "", box=None)
        for change in again.changes[:_MOST_SHOWN]:
            solved = {(True, False): "no longer solved", (False, True): "solved now"}
            words = solved.get((change.solved_was, change.solved_now), "")
            table.add_row(Text(change.problem_id), str(change.rollout), change.was, change.now, words)
        out.print(table)
        if len(again.changes) > _MOST_SHOWN:
            print(f"and {len(again.changes) - _MOST_SHOWN} more, see --json")
    print(f"{len(again.changes)} of {len(again.episodes)} episodes came out otherwise")
    if again.left_out:
        print(f"{again.left_out} episodes had failed, or are of problems that are not there, and were left out")
    if again.cut_short:
        print(f"{again.cut_short} episodes would have gone on, had the agent answered once more")
