"""What the command line prints for people."""

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from codegym.audit.criteria import KINDS
from codegym.audit.record import ProblemAudit
from codegym.audit.report import cell, figures, sentence
from codegym.audit.summary import Summary
from codegym.bench import report as bench_report
from codegym.datasets.problem_set import LeftOut
from codegym.report.results import Table as ReportTable
from codegym.verdict import Judgement

# No markup: texts from problem files are shown as they are.
_MOST_SHOWN = 20
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


def print_reports(audits: Sequence[ProblemAudit], summary: Summary, kind: str, seconds: float) -> None:
    """One line a problem of codegym's own, what was found, and how many are sound."""
    table = Table("problem", "kind", "difficulty", "tests", "programs", "slowest right", "", box=None)
    for audit in audits:
        tests = f"{audit.public_tests} + {audit.private_tests}"
        sound = audit.place in summary.trusted
        verdict = Text("sound", "green") if sound else Text("not checked" if audit.error else "unsound", "red")
        slowest = f"{1000 * audit.cpu_s:.0f} ms"
        programs = str(len(audit.programs))
        table.add_row(audit.problem_id, audit.kind, audit.difficulty, tests, programs, slowest, verdict)
    out.print(table)
    for audit in audits:
        own = list(audit.findings) or [sentence(defect) for defect in summary.found(audit.place)]
        for finding in own:
            print(finding if finding.startswith(audit.source) else f"{audit.source}: {finding}")
    print(f"{len(summary.trusted)} of {len(audits)} problems are sound ({kind}, {seconds:.0f} s)")


def print_audit(summary: Summary, left_out: Sequence[LeftOut]) -> None:
    """The figures of an audit, the defects that were found, and the first problems that have any."""
    table = Table("", "", box=None, show_header=False)
    for name, value in figures(summary, left_out):
        table.add_row(Text(name), value)
    out.print(table)
    if summary.kinds:
        table = Table("problems", "defect", box=None)
        for kind in KINDS:
            if summary.kinds[kind]:
                table.add_row(str(summary.kinds[kind]), KINDS[kind])
        out.print(table)
    for name, found in list(summary.untrusted.values())[:_MOST_SHOWN]:
        out.print(f"{cell(name)}: {'; '.join(map(sentence, found))}", soft_wrap=True)
    if len(summary.untrusted) > _MOST_SHOWN:
        out.print(f"and {len(summary.untrusted) - _MOST_SHOWN} more, see the report")


def print_judgement(judgement: Judgement) -> None:
    """One line a test, and the verdict."""
    table = Table("test", "verdict", "CPU", "memory", box=None)
    for number, r in enumerate(judgement.results, 1):
        memory = f"{r.memory_bytes >> 20} MB"
        table.add_row(f"{r.split} {number}", str(r.verdict), f"{1000 * r.cpu_s:.0f} ms", memory)
    out.print(table)
    passed = f"{judgement.passed} of {len(judgement.results)} tests passed"
    print(f"{judgement.problem_id}: {judgement.verdict} ({passed})")


def print_summary(summary: bench_report.Summary) -> None:
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


def print_tables(tables: Sequence[ReportTable], warnings: Sequence[str]) -> None:
    """The tables of a report, after what must be said first."""
    for warning in warnings:
        out.print(Text(warning, "bold yellow"), soft_wrap=True)
    for told in tables:
        out.print(Text(f"\n{told.title}", "bold"))
        table = Table(
            *(Column(name, justify="left" if not place else "right") for place, name in enumerate(told.columns))
        )
        table.box = None
        for row in told.rows:
            table.add_row(*map(Text, row))
        out.print(table if told.rows else Text("none"))
        for note in told.notes:
            out.print(Text(note, "dim"), soft_wrap=True)
    print()
