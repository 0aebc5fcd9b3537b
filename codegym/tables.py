"""What the command line prints for people."""

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from codegym.bench.report import Summary
from codegym.check import ProblemReport
from codegym.verdict import Judgement

# No markup: texts from problem files are shown as they are.
out = Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False)


def print_problems(rows: Sequence[dict[str, Any]]) -> None:
    """One line a problem."""
    table = Table(Column("id", no_wrap=True), "kind", "difficulty", "tests", "starter", "tags", box=None)
    for row in rows:
        tests = f"{row['public_tests']} + {row['private_tests']}"
        starter = "yes" if row["starter"] else ""
        table.add_row(row["id"], row["kind"], row["difficulty"], tests, starter, ", ".join(row["tags"]))
    out.print(table)
    out.print(f"{len(rows)} problems")


def print_reports(reports: Sequence[ProblemReport], kind: str, seconds: float) -> None:
    """One line a problem, what was found, and how many are sound."""
    table = Table("problem", "kind", "difficulty", "tests", "programs", "slowest right", "", box=None)
    for report in reports:
        p = report.problem
        tests = f"{len(p.public_tests)} + {report.private_tests}"
        verdict = Text("unsound", "red") if report.findings else Text("sound", "green")
        slowest = f"{1000 * report.cpu_s:.0f} ms"
        table.add_row(p.id, p.kind, p.difficulty, tests, str(len(p.programs)), slowest, verdict)
    out.print(table)
    for report in reports:
        for finding in report.findings:
            where = "" if finding.startswith(report.problem.source) else f"{report.problem.source}: "
            print(f"{where}{finding}")
    sound = sum(not report.findings for report in reports)
    print(f"{sound} of {len(reports)} problems are sound ({kind}, {seconds:.0f} s)")


def print_judgement(judgement: Judgement) -> None:
    """One line a test, and the verdict."""
    table = Table("test", "verdict", "CPU", "memory", box=None)
    for number, r in enumerate(judgement.results, 1):
        memory = f"{r.memory_bytes >> 20} MB"
        table.add_row(f"{r.split} {number}", str(r.verdict), f"{1000 * r.cpu_s:.0f} ms", memory)
    out.print(table)
    passed = f"{judgement.passed} of {len(judgement.results)} tests passed"
    print(f"{judgement.problem_id}: {judgement.verdict} ({passed})")


def print_summary(summary: Summary) -> None:
    """Solved by difficulty, and verdicts of the first turn and of the end."""
    table = Table("difficulty", "episodes", "solved", "rate", "mean turns", box=None)
    for group in (*summary.by_difficulty, summary.total):
        row = (group.name, str(group.episodes), str(group.solved), f"{group.rate:.1%}", f"{group.turns:.2f}")
        table.add_row(*row, style="bold" if group is summary.total else None)
    out.print(table)
    verdicts = Table("verdict", "first turn, public tests", "at the end", box=None)
    for name in dict.fromkeys([*summary.first_verdicts, *summary.verdicts]):
        verdicts.add_row(name, str(summary.first_verdicts.get(name, 0)), str(summary.verdicts.get(name, 0)))
    out.print(verdicts)
    if summary.errors:
        print(
            f"{summary.errors} episodes could not end through our fault and count nowhere above; --resume tries again"
        )
