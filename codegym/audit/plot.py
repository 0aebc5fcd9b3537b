"""A drawing of an audit: programs by label, headroom of time, power of tests, defects."""

import importlib
import importlib.util
from pathlib import Path
from typing import Any

from codegym.audit.criteria import KINDS
from codegym.audit.summary import BINS, Summary

MISSING = "expected matplotlib for report.svg, got none; install it with 'pip install codegym[plot]'"


def can_plot() -> bool:
    """Whether the library for drawing is installed; imports nothing."""
    return importlib.util.find_spec("matplotlib") is not None


def plot(summary: Summary, title: str, file: Path) -> None:
    """Draw the figures of an audit.

    Args:
        summary: the figures.
        title: of the drawing.
        file: where to write it, an SVG.
    """
    figure: Any = importlib.import_module("matplotlib.figure").Figure(figsize=(12, 8), layout="constrained")
    axes = figure.subplots(2, 2)
    figure.suptitle(title, parse_math=False)
    _verdicts(axes[0][0], summary)
    _histogram(axes[0][1], summary.headroom, "right programs", "longest time on a test, share of the CPU limit")
    _defects(axes[1][0], summary)
    _histogram(axes[1][1], summary.power, "tests", "share of the wrong programs that a test rejects")
    for one in axes.flat:
        one.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, format="svg", metadata={"Date": None})


def _verdicts(axes: Any, summary: Summary) -> None:
    """One bar a label, in parts by verdict."""
    labels = sorted({label for label, _ in summary.programs}, reverse=True)
    start = dict.fromkeys(labels, 0)
    for verdict in sorted({verdict for _, verdict in summary.programs}):
        widths = [summary.programs[label, verdict] for label in labels]
        axes.barh(range(len(labels)), widths, left=list(start.values()), label=verdict)
        start = {label: start[label] + width for label, width in zip(labels, widths, strict=True)}
    axes.set_yticks(range(len(labels)), [label[:30] for label in labels], parse_math=False)
    axes.set(xlabel="programs", title="verdicts by label")
    if labels:
        axes.legend(fontsize="small")


def _histogram(axes: Any, counts: list[int], what: str, of: str) -> None:
    bars = axes.bar([(number + 0.5) / BINS for number in range(BINS)], counts, width=0.9 / BINS)
    axes.bar_label(bars, labels=[str(count) if count else "" for count in counts], fontsize="small")
    axes.set(xlabel=of, ylabel=what, xlim=(0, 1))


def _defects(axes: Any, summary: Summary) -> None:
    kinds = [kind for kind in reversed(KINDS) if summary.kinds[kind]]
    names = [*(KINDS[kind].partition(":")[0] for kind in kinds), "trusted"]
    counts = [*(summary.kinds[kind] for kind in kinds), len(summary.trusted)]
    bars = axes.barh(names, counts, color=["tab:red"] * len(kinds) + ["tab:green"])
    axes.bar_label(bars, padding=3, fontsize="small")
    axes.set(xlabel="problems", title=f"{summary.problems} problems")
