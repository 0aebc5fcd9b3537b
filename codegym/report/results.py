"""The tables of a report, in words, for the terminal, Markdown and HTML alike; and all its numbers, for CSV."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from codegym.metrics import Interval
from codegym.report.runs import PAIRS
from codegym.report.similarity import MISSING, can_compare
from codegym.report.summary import AtK, Group, Summary, compare_runs
from codegym.report.turns import answer_s, completion_tokens, prompt_tokens, step_s

NONE = "-"
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Table:
    """A table in words.

    Attributes:
        title: what it is of.
        columns: their names.
        rows: of as many cells; the first names the row.
        notes: what must be known to read it, a sentence each.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def plain(text: object, most: int = _LONGEST) -> str:
    """A text of any origin on one line, of bounded length, and of nothing but what can be printed."""
    line = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in str(text)[: most + 1])
    return line if len(line) <= most else line[:most] + "…"


def percent(interval: Interval | None) -> str:
    """A rate with its interval, in percent."""
    if interval is None or math.isnan(interval.value):
        return NONE
    return f"{100 * interval.value:.1f} ({100 * interval.low:.1f}, {100 * interval.high:.1f})"


def warnings(summaries: Sequence[Summary]) -> list[str]:
    """What must be said at the top: episodes that failed, runs that are not of the same problems or not finished."""
    found = []
    for summary in summaries:
        run = summary.run
        if run.errors:
            much = " These are many: the others may say something else than all would." if summary.many_errors else ""
            share = f"{run.errors} of {len(run.rows)} episodes ({run.errors / len(run.rows):.1%})"
            found.append(f"Run {plain(run.name)}: {share} could not end, through no fault of a program.{much}")
        if not run.ended:
            found.append(f"Run {plain(run.name)}: no episode has ended.")
    if len({(s.run.problem_set("name"), s.run.problem_set("hash")) for s in summaries}) > 1:
        found.append("The runs are not on the same problems; comparisons are on those that both have, by id.")
    return found


def tables(summaries: Sequence[Summary]) -> list[Table]:
    """All tables of a report."""
    several = [_comparison(summaries)] if len(summaries) > 1 else []
    parts = [_results, _difficulties, _by_turns, _failures, _changes, _verdicts, _costs]
    first, *others = (part(summaries) for part in parts)
    return [first, *several, *others]


def _results(summaries: Sequence[Summary]) -> Table:
    shown = [at for s in summaries for at in s.at_k if (at.n, at.k) != (1, s.run.turns)]
    names = list(dict.fromkeys(at.name for at in shown))
    rows = []
    for summary in summaries:
        run, at_k = summary.run, {at.name: at for at in summary.at_k}
        said = [plain(run.setting("agent")), plain(run.problem_set("name")), plain(run.setting("feedback"))]
        counts = [str(run.turns), str(summary.total.problems), str(summary.total.episodes), str(run.errors)]
        rates = [percent(at_k[name].rate if name in at_k else None) for name in names]
        turns = f"{summary.total.turns:.2f}"
        rows.append((plain(run.name), *said, *counts, percent(summary.total.rate), *rates, turns))
    columns = ("run", "agent", "problem set", "feedback", "turns", "problems", "episodes", "failed", "solve rate")
    notes = [
        "Rates in percent, with 95 % intervals by bootstrap over problems; failed episodes count nowhere else. The "
        "solve rate is 1@k for rollouts of k turns."
    ]
    notes += [note for summary in summaries for at in summary.at_k if (note := _note(summary, at))]
    return Table("Results", (*columns, *names, "mean turns"), tuple(rows), tuple(notes))


def _note(summary: Summary, at: AtK) -> str:
    if at.why_not:
        return f"No {at.name}: {plain(at.why_not, 200)}."
    if at.problems < summary.total.problems:
        has = f"{at.problems} of {summary.total.problems} problems"
        return f"{at.name} of run {plain(summary.run.name)} is over {has}, which have {at.rollouts} rollouts."
    return ""


def _comparison(summaries: Sequence[Summary]) -> Table:
    first, rows = summaries[0], []
    for other in summaries[1:]:
        both, found = compare_runs(first, other)
        counts = (str(both), percent(found.difference), str(found.won), str(found.lost), str(found.tied))
        rows.append((plain(other.run.name), *counts, f"{found.p:.3g}" if both else NONE))
    columns = ("run", "problems", "difference", "won", "lost", "tied", "McNemar p")
    notes = (
        "Differences of solve rates in percentage points, on the problems that both runs have; p of McNemar's exact "
        "test on the problems won and lost.",
    )
    return Table(f"Against {plain(first.run.name)}", columns, tuple(rows), notes)


def _levels(summaries: Sequence[Summary]) -> list[str]:
    return list(dict.fromkeys(group.name for summary in summaries for group in summary.by_difficulty))


def _difficulties(summaries: Sequence[Summary]) -> Table:
    levels = _levels(summaries)
    rows = []
    for summary in summaries:
        groups = {group.name: group for group in summary.by_difficulty}
        rows.append((plain(summary.run.name), *(_solved(groups.get(level)) for level in levels)))
    return Table("Solve rate by difficulty", ("run", *(plain(level) or "none" for level in levels)), tuple(rows))


def _solved(group: Group | None) -> str:
    return f"{percent(group.rate)}, {group.solved} of {group.episodes}" if group else NONE


def _by_turns(summaries: Sequence[Summary]) -> Table:
    shown = _shown(range(1, max(summary.run.turns for summary in summaries) + 1))
    rows = [
        (plain(s.run.name), *(percent(s.by_turns[turns - 1] if turns <= len(s.by_turns) else None) for turns in shown))
        for s in summaries
    ]
    notes: tuple[str, ...] = ()
    if any(not summary.by_turns and summary.run.ended for summary in summaries):
        notes = ("Where episodes go on after a program that passes, nothing is known of fewer turns.",)
    return Table("Solve rate by number of turns", ("run", *map(str, shown)), tuple(rows), notes)


def _shown(turns: Sequence[int]) -> list[int]:
    """The turns that a table has columns for: all where they are few, else fewer and fewer, and the last."""
    if len(turns) <= 10:
        return list(turns)
    steps = (digit * 10**zeros for zeros in range(9) for digit in (1, 2, 5))
    return [*(step for step in steps if turns[0] <= step < turns[-1]), turns[-1]]


def _failures(summaries: Sequence[Summary]) -> Table:
    rows = tuple(
        (
            plain(summary.run.name),
            _words(f.verdict),
            str(f.episodes),
            _of(f.passed, f.episodes),
            _of(f.solved, f.episodes),
        )
        for summary in summaries
        for f in summary.failures
    )
    columns = ("run", "failure of turn 1", "episodes", "public tests passed at the end", "solved")
    return Table("Repair by kind of failure", columns, rows)


def _of(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})" if whole else NONE


def _words(verdict: str) -> str:
    return plain(verdict.replace("_", " "))


def _changes(summaries: Sequence[Summary]) -> Table:
    shown = _shown(range(2, max((d.turn for summary in summaries for d in summary.distances), default=1) + 1))
    rows = []
    for s in summaries:
        means = {d.turn: d.mean for d in s.distances}
        cells = [NONE if (mean := means.get(turn)) is None else f"{mean:.3f}" for turn in shown]
        repeats = _of(sum(d.repeats for d in s.distances), sum(d.programs for d in s.distances))
        counts = (str(s.repaired), str(s.broken), str(s.passed_only), str(s.tests_repaired), str(s.tests_broken))
        rows.append((plain(s.run.name), *counts, repeats, *cells))
    columns = ["run", "repaired", "broken", "passed public tests only", "tests repaired", "tests broken", "repeats"]
    columns += [f"1 - chrF, turn {turn}" for turn in shown]
    notes = [
        "Repaired: the first program fails a public test, the last one solves. Broken: the first passes the public "
        "tests, the last does not. Repeats: programs that are those of the turn before."
    ]
    if shown and not can_compare():
        notes.append(MISSING.capitalize() + ".")
    elif any(sum(d.programs - d.repeats for d in s.distances) > len(s.run.pairs) for s in summaries):
        notes.append(f"The similarity is measured on {PAIRS} pairs of programs, drawn from all.")
    return Table("From turn to turn", tuple(columns), tuple(rows), tuple(notes))


def _verdicts(summaries: Sequence[Summary]) -> Table:
    rows = [
        (plain(s.run.name), _words(verdict), str(s.first[verdict]), str(s.last[verdict]), str(s.final[verdict]))
        for s in summaries
        for verdict, _ in (s.first + s.last + s.final).most_common()
    ]
    columns = ("run", "verdict", "turn 1, public tests", "last turn, public tests", "at the end, all tests")
    return Table("Verdicts", columns, tuple(rows))


def _costs(summaries: Sequence[Summary]) -> Table:
    rows = []
    for s in summaries:
        seconds = [f"{s.mean(of):.3g}" for of in (lambda row: row.seconds, answer_s, step_s)]
        tokens = [f"{sum(map(of, s.run.ended)):,.0f}" for of in (prompt_tokens, completion_tokens)]
        rows.append((plain(s.run.name), *seconds, *tokens, f"{s.mean(lambda row: row.reward):+.3f}"))
    columns = ("run", "s an episode", "s answering", "s judging", "prompt tokens", "completion tokens", "mean reward")
    return Table("Time, tokens and reward", columns, tuple(rows), ("Means over episodes; tokens of all of them.",))


def markdown(found: Iterable[Table], warned: Iterable[str]) -> str:
    """The tables as a page."""
    return "\n".join(_page(found, warned)) + "\n"


def _page(found: Iterable[Table], warned: Iterable[str]) -> Iterator[str]:
    yield "# Benchmark report"
    for warning in warned:
        yield f"\n**{_escaped(warning)}**"
    for table in found:
        yield f"\n## {_escaped(table.title)}\n"
        if table.rows:
            yield _line(table.columns)
            yield _line("---" for _ in table.columns)
            yield from map(_line, table.rows)
        else:
            yield "None."
        if table.notes:
            yield "\n" + _escaped(" ".join(table.notes))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(text: str) -> str:
    return text.translate({ord(sign): f"\\{sign}" for sign in "\\|<>*`[]"})


def numbers(summaries: Sequence[Summary]) -> Iterator[tuple[str, str, str, float, float | str, float | str]]:
    """Every number as a line for CSV: run, measure, of what, value, ends of the interval where there is one."""
    for s in summaries:
        name = plain(s.run.name)
        yield name, "errors", "", s.run.errors, "", ""
        for group in (s.total, *s.by_difficulty):
            of = plain(group.name)
            yield name, "solve_rate", of, group.rate.value, group.rate.low, group.rate.high
            counts = {"problems": group.problems, "episodes": group.episodes, "solved": group.solved}
            for measure, value in {**counts, "mean_turns": group.turns}.items():
                yield name, measure, of, value, "", ""
        for at in s.at_k:
            if at.rate:
                yield name, "n_at_k", at.name, at.rate.value, at.rate.low, at.rate.high
        for turn, rate in enumerate(s.by_turns, 1):
            yield name, "solve_rate_by_turns", str(turn), rate.value, rate.low, rate.high
        for measure, counter in (("first_verdicts", s.first), ("last_verdicts", s.last), ("verdicts", s.final)):
            for verdict, count in counter.most_common():
                yield name, measure, plain(verdict), count, "", ""
        for failure in s.failures:
            yield name, "failures_passed", plain(failure.verdict), failure.passed, "", ""
            yield name, "failures_solved", plain(failure.verdict), failure.solved, "", ""
        for measure in ("repaired", "broken", "passed_only", "tests_repaired", "tests_broken"):
            yield name, measure, "", getattr(s, measure), "", ""
        for d in s.distances:
            yield name, "repeats", str(d.turn), d.repeats, "", ""
            if d.mean is not None:
                yield name, "distance", str(d.turn), d.mean, "", ""
        for of_row in (answer_s, step_s, prompt_tokens, completion_tokens):
            yield name, f"mean_{of_row.__name__}", "", s.mean(of_row), "", ""
    for other in summaries[1:]:
        _, found = compare_runs(summaries[0], other)
        against = f"against {plain(summaries[0].run.name)}"
        difference = found.difference
        yield plain(other.run.name), "difference", against, difference.value, difference.low, difference.high
        for measure in ("won", "lost", "tied", "p"):
            yield plain(other.run.name), measure, against, getattr(found, measure), "", ""
