"""What an audit showed, in words: rows for a table, and a page of Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from codegym.audit.criteria import KINDS, Criteria, Defect
from codegym.audit.summary import BINS, Summary
from codegym.datasets.problem_set import LeftOut

_MOST_LEFT_OUT = 20


def figures(summary: Summary, left_out: Sequence[LeftOut] = ()) -> Iterator[tuple[str, str]]:
    """What was measured, and how much it is."""
    right, wrong = summary.count(right=True), summary.count(right=False)
    same, known = summary.exactly()
    yield "problems audited", str(summary.problems)
    if left_out:
        yield "rows left out when loading", str(len(left_out))
    if summary.errors:
        yield "not audited, through our fault", str(summary.errors)
    yield "trusted", _of(len(summary.trusted), summary.problems)
    yield "right programs accepted", _of(summary.count(right=True, accepted=True), right)
    yield "wrong programs rejected", _of(summary.count(right=False, accepted=False), wrong)
    yield "  of them by private tests alone", str(summary.past_public)
    yield "  with the very verdict of their label", _of(same, known)
    yield "problems without a right program that was run", str(summary.no_right)
    yield "problems without a wrong program that was run", str(summary.no_wrong)
    for language, number in sorted(summary.not_run.items()):
        yield f"programs not run: {language}", str(number)
    if summary.twins:
        yield "programs labelled right and wrong", str(summary.twins)
    audited = summary.problems - summary.errors
    for name, number in sorted(summary.cheats.items()) or [("the empty program or public outputs", 0)]:
        yield f"problems that accept {name}", _of(number, audited)
    yield "tests", str(summary.tests)
    yield "  judged by wrong programs", str(summary.judged_tests)
    yield "  that reject none of them", _of(summary.idle_tests, summary.judged_tests)
    yield "  with the input of an earlier one", str(summary.repeated)
    yield "  private ones with a public input", str(summary.leaked)
    yield "problems with idle private tests only", str(summary.all_idle)
    yield "problems on which right programs disagree", str(len(summary.disagreeing))
    yield "problems whose outputs they all dispute", str(len(summary.disputing))
    yield "groups with the same statement", str(len(summary.twin_statements()))
    yield "groups with the same tests", str(len(summary.twin_tests()))
    yield "right programs within a tenth of the limit", _of(summary.headroom[0], sum(summary.headroom))
    yield "right programs beyond half of the limit", _of(sum(summary.headroom[BINS // 2 :]), sum(summary.headroom))


def markdown(summary: Summary, criteria: Criteria, about: dict[str, Any], left_out: Sequence[LeftOut] = ()) -> str:
    """The report as a page.

    Args:
        summary: the figures.
        criteria: what a problem must have shown.
        about: what ``run.json`` says.
        left_out: rows of the source that are no problems.
    """
    return "\n".join(_page(summary, criteria, about, left_out)) + "\n"


def _page(summary: Summary, criteria: Criteria, about: dict[str, Any], left_out: Sequence[LeftOut]) -> Iterator[str]:
    problems, settings = about["problems"], about["settings"]
    sampling = settings["sampling"]
    yield f"# Audit of {_code(problems['name'])}"
    yield ""
    drawn = "all problems" if settings["limit"] is None else f"a sample of {settings['limit']} problems"
    most = "all programs" if sampling["programs"] is None else f"at most {sampling['programs']} programs a label"
    yield (
        f"{problems['count']} problems, hash {problems['hash']}; {drawn}, {most}, seed {sampling['seed']}; "
        f"languages {', '.join(settings['languages'])}; codegym {about['codegym']}, "
        f"sandbox {about['sandbox']['kind']}, begun {about['started']}."
    )
    yield from _table("Figures", ("what", "how much"), figures(summary, left_out))
    yield from _table("Defects", ("problems", "defect"), ((str(n), KINDS[kind]) for kind, n in _kinds(summary)))
    wanted = ((name, f"{value:g}") for name, value in asdict(criteria).items())
    yield from _table("Criteria", ("criterion", "threshold"), wanted)
    rows = (f"{n / BINS:.0%} to {(n + 1) / BINS:.0%}" for n in range(BINS))
    both = zip(rows, map(str, summary.headroom), map(str, summary.power), strict=True)
    heads = ("share", "right programs by their longest time, of the limit", "tests by the wrong programs they reject")
    yield from _table("Headroom of time, and power of tests", heads, both if summary.programs else iter(()))
    verdicts = ((_code(label), verdict, str(n)) for (label, verdict), n in sorted(summary.programs.items()))
    yield from _table("Programs by label", ("label", "verdict", "programs"), verdicts)
    for title, groups in (("statement", summary.twin_statements()), ("tests", summary.twin_tests())):
        yield from _table(f"Same {title}", ("problems",), ((", ".join(map(_code, group)),) for group in groups))
    failed = ((_code(name), "; ".join(map(sentence, found))) for _, (name, found) in sorted(summary.untrusted.items()))
    yield from _table("Problems that are not trusted", ("problem", "why"), failed)
    shown = ((cell(str(out)),) for out in left_out[:_MOST_LEFT_OUT])
    yield from _table(f"Rows left out when loading ({len(left_out)})", ("row and reason",), shown)


def _kinds(summary: Summary) -> Iterator[tuple[str, int]]:
    return ((kind, summary.kinds[kind]) for kind in KINDS if summary.kinds[kind])


def sentence(defect: Defect) -> str:
    """A defect in words."""
    return f"{KINDS[defect.kind]} ({cell(defect.detail)})"


def _table(title: str, heads: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """A table with a heading; nothing at all where there are no rows."""
    first = next(rows, None)
    if first is None:
        return
    yield from ("", f"## {title}", "", f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}")
    yield f"| {' | '.join(first)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "0 of 0"


def _code(text: str) -> str:
    """A text from a data set as code in a cell, whatever it holds."""
    return f"`{cell(text).replace('`', chr(39))}`"


def cell(text: str) -> str:
    """A text from a data set on one line of a bounded length, without what could end a cell or cannot be printed."""
    line = " ".join(text.split()).replace("|", "\\|")
    printable = line.encode("utf-8", "replace").decode()
    return printable if len(printable) <= 300 else printable[:300] + "..."
