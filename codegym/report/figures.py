"""The figures of a report, drawn as SVG on light and on dark ground."""

import importlib
import importlib.util
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from codegym.metrics import Interval
from codegym.report.results import plain
from codegym.report.summary import Summary
from codegym.report.turns import PASSED, PRIVATE_FAIL, PUBLIC_FAIL, SOLVED, end_of

MISSING = "expected matplotlib for the figures of a report, got none; install it with 'pip install codegym[report]'"
MOST_RUNS = 8
"""That a figure shows; more could not be told apart."""
_MOST_TURNS = 10

COLOURS = {
    SOLVED: "#1b9e77",
    PASSED: "#4daf8c",
    PRIVATE_FAIL: "#c2a5cf",
    PUBLIC_FAIL: "#d6604d",
    "wrong_answer": "#e08214",
    "runtime_error": "#c0392b",
    "time_limit_exceeded": "#5b7fbd",
    "memory_limit_exceeded": "#8073ac",
    "output_limit_exceeded": "#b8860b",
    "compile_error": "#a6567f",
    "no_program": "#8c8c8c",
}
"""Of states; the page has the same."""
OTHER = "#9a9a9a"
_RUNS = ("#4477aa", "#ee8833", "#228833", "#cc3377", "#8866cc", "#aa8800", "#33aabb", "#bb5544")
_INKS = {"light": "#24292f", "dark": "#d8dee6"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure.

    Attributes:
        name: short, for files and links.
        title: what it shows.
        words: the same in a sentence, for those who do not see it.
        light: SVG with dark ink.
        dark: SVG with light ink.
    """

    name: str
    title: str
    words: str
    light: str
    dark: str


def can_draw() -> bool:
    """Whether the library for drawing is installed; imports nothing."""
    return importlib.util.find_spec("matplotlib") is not None


Draw = Callable[[Any, Sequence[Summary]], None]


def draw_figures(summaries: Sequence[Summary]) -> list[Figure]:
    """All figures, of the first :data:`MOST_RUNS` runs.

    Raises:
        ImportError: there is no matplotlib, see :func:`can_draw`.
    """
    shown = [summary for summary in summaries if summary.run.ended][:MOST_RUNS]
    if not shown:
        return []
    tall = (9.0, 0.6 + 2.6 * len(shown))
    kinds = len({f.verdict for s in shown for f in s.failures})
    plans: list[tuple[str, str, str, Draw, tuple[float, float]]] = [
        (
            "flow",
            "Verdicts from turn to turn",
            "Bands lead from each verdict to the next turn's; what has ended stays as it is.",
            _flow,
            tall,
        ),
        ("turns", "Solve rate against turns", "A line a run, with 95 % intervals.", _turns, (6.0, 4.0)),
        (
            "repair",
            "Repair by kind of failure",
            "Share of the episodes that failed in turn 1 and are solved at the end.",
            _repair,
            (6.0, max(2.5, 0.9 + kinds * (0.2 + 0.22 * len(shown)))),
        ),
        ("similarity", "Change from program to program", "1 - chrF of successive programs.", _similarity, (6.0, 4.0)),
        ("difficulty", "Solve rate by difficulty", "A bar a run, with 95 % intervals.", _difficulty, (6.0, 4.0)),
        ("time", "Time of an episode", "Share of the episodes that took at most so long.", _time, (6.0, 4.0)),
    ]
    return [
        Figure(name, title, words, *(_drawn(draw, shown, size, ink) for ink in _INKS.values()))
        for name, title, words, draw, size in plans
    ]


def _drawn(draw: Draw, summaries: Sequence[Summary], size: tuple[float, float], ink: str) -> str:
    matplotlib: Any = importlib.import_module("matplotlib")
    style: dict[str, Any] = {
        name: ink for name in ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    }
    style |= {"svg.fonttype": "none", "svg.hashsalt": "codegym", "text.parse_math": False, "font.size": 10.0}
    style |= {"axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "legend.fontsize": 8.5}
    with matplotlib.rc_context(style):
        figure = importlib.import_module("matplotlib.figure").Figure(figsize=size, layout="constrained")
        draw(figure, summaries)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return text.getvalue()


def _legend(axes: Any) -> None:
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _bars(axes: Any, at: Any, intervals: Sequence[Interval]) -> tuple[Any, Any]:
    """Values in percent, and how far the ends are from them, both ways."""
    values = np.array([[i.value, i.value - i.low, i.high - i.value] for i in intervals]).reshape(-1, 3) * 100
    return values[:, 0], np.maximum(values[:, 1:].T, 0)


def _turns(figure: Any, summaries: Sequence[Summary]) -> None:
    axes = figure.subplots()
    for summary, colour in zip(summaries, _RUNS, strict=False):
        if summary.by_turns:
            at = np.arange(1, len(summary.by_turns) + 1)
            values, ends = _bars(axes, at, summary.by_turns)
        else:
            at = np.array([summary.run.turns])
            values, ends = _bars(axes, at, [summary.total.rate])
        label = plain(summary.run.name, 30)
        axes.errorbar(at, values, yerr=ends, color=colour, marker="o", capsize=3, label=label)
    most = max(summary.run.turns for summary in summaries)
    axes.set(xlabel="turns", ylabel="solved, %", ylim=(-3, 103), xlim=(0.8, most + 0.2))
    axes.xaxis.get_major_locator().set_params(integer=True)
    _legend(axes)


def _repair(figure: Any, summaries: Sequence[Summary]) -> None:
    axes = figure.subplots()
    kinds = list(dict.fromkeys(f.verdict for s in summaries for f in s.failures))
    height = 0.8 / len(summaries)
    for number, (summary, colour) in enumerate(zip(summaries, _RUNS, strict=False)):
        found = {f.verdict: f for f in summary.failures}
        there = [(place, found[kind]) for place, kind in enumerate(kinds) if kind in found]
        if not there:
            continue
        at = [place + (number - (len(summaries) - 1) / 2) * height for place, _ in there]
        shares = [100 * failure.solved / failure.episodes for _, failure in there]
        label = plain(summary.run.name, 30)
        bars = axes.barh(at, shares, height=height * 0.9, color=colour, label=label)
        axes.bar_label(bars, [f"{f.solved} of {f.episodes}" for _, f in there], padding=3, fontsize=8)
    axes.set_yticks(range(len(kinds)), [plain(kind.replace("_", " "), 30) for kind in kinds])
    axes.invert_yaxis()
    axes.set(xlabel="solved at the end, %", xlim=(0, 118))
    if kinds:
        _legend(axes)


def _similarity(figure: Any, summaries: Sequence[Summary]) -> None:
    axes = figure.subplots()
    for summary, colour in zip(summaries, _RUNS, strict=False):
        programs = sum(d.programs for d in summary.distances)
        if not programs:
            continue
        repeats = sum(d.repeats for d in summary.distances) / programs
        values = [value for d in summary.distances for value in d.values]
        label = f"{plain(summary.run.name, 30)}, {repeats:.0%} repeats"
        weights = np.full(len(values), 100 * (1 - repeats) / max(1, len(values)))
        axes.hist(values, bins=20, range=(0, 1), weights=weights, histtype="step", color=colour, label=label)
        axes.plot([0], [100 * repeats], marker="D", color=colour, clip_on=False)
    axes.set(xlabel="1 - chrF of successive programs (diamonds: the very same program)", ylabel="programs, %")
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    if axes.has_data():
        _legend(axes)


def _difficulty(figure: Any, summaries: Sequence[Summary]) -> None:
    axes = figure.subplots()
    levels = list(dict.fromkeys(group.name for summary in summaries for group in summary.by_difficulty))
    width = 0.8 / len(summaries)
    for number, (summary, colour) in enumerate(zip(summaries, _RUNS, strict=False)):
        found = {group.name: group for group in summary.by_difficulty}
        there = [(place, found[level]) for place, level in enumerate(levels) if level in found]
        at = [place + (number - (len(summaries) - 1) / 2) * width for place, _ in there]
        values, ends = _bars(axes, at, [group.rate for _, group in there])
        ink = axes.xaxis.label.get_color()
        axes.bar(
            at, values, width * 0.9, yerr=ends, capsize=3, ecolor=ink, color=colour, label=plain(summary.run.name, 30)
        )
    axes.set_xticks(range(len(levels)), [plain(level, 20) or "none" for level in levels])
    axes.set(ylabel="solved, %", ylim=(0, 105))
    _legend(axes)


def _time(figure: Any, summaries: Sequence[Summary]) -> None:
    axes = figure.subplots()
    shares = np.linspace(0, 100, 101)
    for summary, colour in zip(summaries, _RUNS, strict=False):
        seconds = np.percentile([max(row.seconds, 1e-4) for row in summary.run.ended], shares)
        axes.plot(seconds, shares, color=colour, label=plain(summary.run.name, 30))
    ticker: Any = importlib.import_module("matplotlib.ticker")
    axes.set(xscale="log", xlabel="seconds an episode (by the clock)", ylabel="episodes, %", ylim=(0, 102))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda seconds, _: f"{seconds:g}"))
    axes.xaxis.set_minor_formatter(ticker.NullFormatter())
    _legend(axes)


def _flow(figure: Any, summaries: Sequence[Summary]) -> None:
    for axes, summary in zip(np.atleast_1d(figure.subplots(len(summaries), 1)), summaries, strict=True):
        _one_flow(axes, summary)


def _one_flow(axes: Any, summary: Summary) -> None:
    """Columns of stacked verdicts, a turn each and the end, with bands between them."""
    patches: Any = importlib.import_module("matplotlib.patches")
    turns = min(summary.run.turns, _MOST_TURNS)
    flow = _shortened(summary, turns)
    order = {state: place for place, state in enumerate([SOLVED, PASSED, *COLOURS])}
    columns = [
        sorted({a for (t, a, _) in flow if t == turn}, key=lambda s: order.get(s, 99)) for turn in range(1, turns + 1)
    ]
    columns.append([state for state in (SOLVED, PRIVATE_FAIL, PUBLIC_FAIL) if any(b == state for (_, _, b) in flow)])
    total = summary.total.episodes
    starts: list[dict[str, float]] = []
    for number, column in enumerate(columns):
        bottom, places = 0.0, {}
        for state in column:
            side = (number + 1, 1) if number < turns else (number, 2)
            count = sum(c for key, c in flow.items() if key[0] == side[0] and key[side[1]] == state)
            places[state] = bottom
            axes.add_patch(
                patches.Rectangle((number - 0.06, bottom), 0.12, count / total, color=COLOURS.get(state, OTHER))
            )
            if count / total > 0.05:
                words = f"{plain(state.replace('_', ' '), 24)} {count / total:.0%}"
                axes.text(number + 0.08, bottom + count / total / 2, words, va="center", fontsize=8)
            bottom += count / total
        starts.append(places)
    _bands(axes, flow, columns, starts, total)
    names = [f"turn {number}" for number in range(1, turns + 1)] + ["end"]
    axes.set_xticks(range(turns + 1), names)
    axes.set(xlim=(-0.1, turns + 0.6), ylim=(1.0, 0.0), yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_title(plain(summary.run.name, 40), loc="left", fontsize=10)


def _shortened(summary: Summary, turns: int) -> dict[tuple[int, str, str], int]:
    """The flow of the first turns; the last of them leads to the end by way of the others' last states."""
    flow = {key: count for key, count in summary.flow.items() if key[0] < turns}
    if turns == summary.run.turns:
        return flow | {key: count for key, count in summary.flow.items() if key[0] == turns}
    for row in summary.run.ended:
        last = row.turns[min(len(row.turns), turns) - 1].verdict
        key = turns, last, end_of(row)
        flow[key] = flow.get(key, 0) + 1
    return flow


def _bands(axes: Any, flow: dict[tuple[int, str, str], int], columns: Any, starts: Any, total: int) -> None:
    path: Any = importlib.import_module("matplotlib.path").Path
    patches: Any = importlib.import_module("matplotlib.patches")
    for number in range(len(columns) - 1):
        leaving, coming = dict(starts[number]), dict(starts[number + 1])
        for before in columns[number]:
            for after in columns[number + 1]:
                share = flow.get((number + 1, before, after), 0) / total
                if not share:
                    continue
                y0, y1 = leaving[before], coming[after]
                leaving[before], coming[after] = y0 + share, y1 + share
                a, b, middle = number + 0.06, number + 0.94, number + 0.5
                points = [(a, y0), (middle, y0), (middle, y1), (b, y1)]
                points += [(b, y1 + share), (middle, y1 + share), (middle, y0 + share), (a, y0 + share), (a, y0)]
                codes = [path.MOVETO, *[path.CURVE4] * 3, path.LINETO, *[path.CURVE4] * 3, path.CLOSEPOLY]
                colour = COLOURS.get(before, OTHER)
                axes.add_patch(patches.PathPatch(path(points, codes), facecolor=colour, alpha=0.3, lw=0))
