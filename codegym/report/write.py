"""A report of runs: made once, and written as HTML, Markdown and CSV."""

import csv
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codegym.datasets import ProblemSet
from codegym.report.page import write_page
from codegym.report.results import Table, markdown, numbers, tables, warnings
from codegym.report.runs import Run
from codegym.report.statements import find_problems, statements_of
from codegym.report.summary import Pair, Summary, as_dict, compare_runs, finite, summarize_run

MISSING = "expected jinja2 for report.html, got none; install it with 'pip install codegym[report]'"


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        summaries: of the runs.
        tables: what was found, in words.
        warnings: what must be said first.
    """

    summaries: tuple[Summary, ...]
    tables: tuple[Table, ...]
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        first, *others = self.summaries
        compared = [(other, *compare_runs(first, other)) for other in others]
        return {
            "warnings": list(self.warnings),
            "runs": [as_dict(summary) for summary in self.summaries],
            "comparisons": [
                finite({"run": other.run.name, "against": first.run.name, "problems": both, **asdict(found)})
                for other, both, found in compared
            ],
        }


def make_report(runs: Sequence[Run], pairs: Sequence[Pair] = ()) -> Report:
    """Sum up runs; the first is what the others are compared with.

    Args:
        runs: at least one.
        pairs: the n and k of each n@k wanted; by default what each run was made for.

    Raises:
        UsageError: a pair is none.
    """
    summaries = tuple(summarize_run(run, pairs) for run in runs)
    return Report(summaries, tuple(tables(summaries)), tuple(warnings(summaries)))


def can_make_page() -> bool:
    """Whether the library for HTML is installed; imports nothing."""
    return importlib.util.find_spec("jinja2") is not None


def write_report(
    report: Report, folder: Path, *, problems: ProblemSet | None = None, episodes: bool = True
) -> dict[str, Path]:
    """Write ``report.md`` and ``report.csv``, and ``report.html`` where jinja2 is installed.

    Args:
        report: what to write.
        folder: where; it is made if need be.
        problems: the problems of the runs; by default those sets that lie on this machine.
        episodes: whether the page has the episodes.

    Returns:
        The files by ``markdown``, ``csv`` and ``html``. Each is whole, or as it was before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {"markdown": folder / "report.md", "csv": folder / "report.csv"}
    _replace(files["markdown"], lambda file: _write_markdown(report, file))
    _replace(files["csv"], lambda file: _write_csv(report, file))
    if can_make_page():
        files["html"] = folder / "report.html"
        said: dict[str, str] = {}
        for run in [summary.run for summary in report.summaries] if episodes else []:
            found = find_problems(run) if problems is None else problems
            said |= statements_of(run, found) if found is not None else {}
        _replace(
            files["html"],
            lambda file: write_page(file, report.summaries, report.tables, report.warnings, said, episodes=episodes),
        )
    return files


def _replace(file: Path, write: Callable[[Path], None]) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        write(fresh)
        os.replace(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)


def _write_markdown(report: Report, file: Path) -> None:
    file.write_text(markdown(report.tables, report.warnings), encoding="utf-8")


def _write_csv(report: Report, file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("run", "measure", "of", "value", "low", "high"))
        writer.writerows(numbers(report.summaries))
