"""The command ``codegym problems check``: what is asked for, done and shown."""

import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codegym.audit.criteria import Criteria
from codegym.audit.plot import MISSING, can_plot, plot
from codegym.audit.record import ProblemAudit
from codegym.audit.report import markdown
from codegym.audit.run import AuditFolder, Plan, audit_problems, chosen_places, describe_audit
from codegym.audit.summary import Summary, summarize
from codegym.check import findings, is_own
from codegym.datasets import ProblemSet
from codegym.datasets.allow_list import write_allow_list
from codegym.errors import UsageError
from codegym.progress import bar
from codegym.running import new_folder
from codegym.sandbox import Sandbox, make_sandbox
from codegym.tables import print_audit, print_reports


@dataclass(frozen=True, slots=True)
class Request:
    """What ``problems check`` is asked for.

    Attributes:
        plan: what to audit.
        criteria: what a problem must show.
        out: the folder to keep it in, or None.
        resume: whether to go on with what is there.
        allow: the file for the ids of problems that pass, or None.
        sandbox: kind of the sandbox.
        workers: boxes at work at once, or None for one a core.
        as_json: whether to print JSON.
    """

    plan: Plan
    criteria: Criteria
    out: Path | None
    resume: bool
    allow: Path | None
    sandbox: str
    workers: int | None
    as_json: bool


def check_set(problems: ProblemSet, request: Request) -> tuple[bool, Any]:
    """Audit a set and show what was found; whether all problems pass, and what to print as JSON.

    Problems of codegym's own files are held against their rules too; they alone are kept in no folder unless one is
    asked for.

    Raises:
        KeyboardInterrupt: after saying how to go on.
    """
    if request.resume and request.out is None:
        raise UsageError("expected --out FOLDER with --resume, got none")
    if not len(problems):
        raise UsageError(f"expected problems to check in {problems.name}, got none")
    own = is_own(problems[0])
    plain = own and request.out is None
    path = None if plain else request.out or new_folder("check")
    started = time.monotonic()
    places = chosen_places(request.plan, len(problems))
    with make_sandbox(request.sandbox, workers=request.workers) as box:
        about = describe_audit(request.plan, problems, box) if path else {}
        folder = AuditFolder(path, about, resume=request.resume) if path else None
        try:
            audits = _audit(problems, box, places, request, own, folder)
            summary = summarize(folder.audits() if folder else audits, request.criteria)
        except KeyboardInterrupt:
            if folder:
                again = f"codegym problems check ... --out {path} --resume"
                print(f"codegym: what had ended is kept in {path}; {again} goes on with it", file=sys.stderr)
            raise
        finally:
            if folder:
                folder.close()
    if path:
        _write_report(path, summary, request.criteria, about, problems)
    if request.allow:
        write_allow_list(request.allow, problems, list(summary.trusted.values()), asdict(request.criteria))
    seconds = time.monotonic() - started
    if request.as_json:
        return summary.passed, _as_json(audits, summary, box.kind, path)
    if plain:
        print_reports(audits, summary, box.kind, seconds)
    else:
        print_audit(summary, _left_out(problems))
        print(f"{box.kind}, {seconds:.0f} s; the report is {path}/report.md")
    return summary.passed, None


def _audit(
    problems: ProblemSet, box: Sandbox, places: list[int], request: Request, own: bool, folder: AuditFolder | None
) -> list[ProblemAudit]:
    """Audit what is not done yet. Given back are the audits, in order, where no folder keeps them."""
    audits: list[ProblemAudit] = []
    todo = [place for place in places if folder is None or place not in folder.done]
    with bar("checking", len(places), quiet=request.as_json) as advance:
        for _ in range(len(places) - len(todo)):
            advance()
        for _ in audit_problems(
            problems,
            box,
            todo,
            sampling=request.plan.sampling,
            concurrency=int(getattr(box, "workers", 1)),
            rules=findings if own else None,
            keep=folder.add if folder else audits.append,
        ):
            advance()
    return sorted(audits, key=lambda audit: audit.place)


def _write_report(
    path: Path, summary: Summary, criteria: Criteria, about: dict[str, Any], problems: ProblemSet
) -> None:
    text = markdown(summary, criteria, about, _left_out(problems))
    (path / "report.md").write_text(text, encoding="utf-8")
    if can_plot():
        plot(summary, f"Audit of {problems.name}", path / "report.svg")
    else:
        print(f"codegym: {MISSING}", file=sys.stderr)


def _as_json(audits: list[ProblemAudit], summary: Summary, kind: str, path: Path | None) -> Any:
    if path is None:
        return {
            audit.problem_id: {
                "sound": audit.place in summary.trusted,
                "findings": [*audit.findings, *([audit.error] if audit.error else [])],
                "cpu_s": audit.cpu_s,
            }
            for audit in audits
        }
    untrusted = {name: [asdict(defect) for defect in found] for name, found in summary.untrusted.values()}
    return {"sandbox": kind, "run": str(path), "summary": summary.as_dict(), "untrusted": untrusted}


def _left_out(problems: ProblemSet) -> Any:
    return getattr(problems, "left_out", ())
