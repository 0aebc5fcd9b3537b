"""The command ``codegym problems check``: what is asked for, done and shown."""

import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from codegym.audit.criteria import Criteria
from codegym.audit.plot import MISSING, can_plot, plot
from codegym.audit.record import ProblemAudit
from codegym.audit.report import markdown, sentence
from codegym.audit.run import AuditFolder, Plan, Rules, audit_problems, chosen_places, describe_audit
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
    started = time.monotonic()
    with make_sandbox(request.sandbox, workers=request.workers) as box:
        if own and request.out is None:
            audits = _audit(problems, box, _for_rules(request), findings)
            summary = summarize(audits, request.criteria)
            path = None
        else:
            path = request.out or new_folder("check")
            summary = _kept(problems, box, request, path, findings if own else None)
    if request.allow:
        write_allow_list(request.allow, problems, list(summary.trusted.values()), asdict(request.criteria))
    seconds = time.monotonic() - started
    if path is None:
        if request.as_json:
            return summary.passed, _own_as_json(audits, summary)
        print_reports(audits, summary, box.kind, seconds)
        return summary.passed, None
    if request.as_json:
        untrusted = {name: [asdict(defect) for defect in found] for name, found in summary.untrusted.values()}
        data = {"sandbox": box.kind, "run": str(path), "summary": summary.as_dict(), "untrusted": untrusted}
        return summary.passed, data
    print_audit(summary, problems.left_out)
    print(f"{box.kind}, {seconds:.0f} s; the report is {path}/report.md")
    return summary.passed, None


def _for_rules(request: Request) -> Request:
    """The rules ask for no more than the first test that a program fails, so one that times out is given up at once."""
    return replace(request, plan=replace(request.plan, sampling=replace(request.plan.sampling, timeouts=1)))


def _kept(problems: ProblemSet, box: Sandbox, request: Request, path: Path, rules: Rules | None) -> Summary:
    """Audit into a folder what is not there yet, and write the report."""
    about = describe_audit(request.plan, problems, box)
    folder = AuditFolder(path, about, resume=request.resume)
    try:
        _audit(problems, box, request, rules, folder)
        summary = summarize(folder.audits(), request.criteria)
    except KeyboardInterrupt:
        again = f"codegym problems check ... --out {path} --resume"
        print(f"codegym: what had ended is kept in {path}; {again} goes on with it", file=sys.stderr)
        raise
    finally:
        folder.close()
    text = markdown(summary, request.criteria, about, problems.left_out)
    (path / "report.md").write_text(text, encoding="utf-8")
    if can_plot():
        plot(summary, f"Audit of {problems.name}", path / "report.svg")
    else:
        print(f"codegym: {MISSING}", file=sys.stderr)
    return summary


def _audit(
    problems: ProblemSet, box: Sandbox, request: Request, rules: Rules | None, folder: AuditFolder | None = None
) -> list[ProblemAudit]:
    """Audit what is not done yet. Given back are the audits, in order, where no folder keeps them."""
    audits: list[ProblemAudit] = []
    places = chosen_places(request.plan, len(problems))
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
            rules=rules,
            keep=folder.add if folder else audits.append,
        ):
            advance()
    return sorted(audits, key=lambda audit: audit.place)


def _own_as_json(audits: list[ProblemAudit], summary: Summary) -> Any:
    return {
        audit.problem_id: {
            "sound": audit.place in summary.trusted,
            "findings": list(audit.findings) or [sentence(defect) for defect in summary.found(audit.place)],
            "cpu_s": audit.cpu_s,
        }
        for audit in audits
    }
