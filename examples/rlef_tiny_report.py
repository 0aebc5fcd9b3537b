"""What the tiny run of RLEF showed: a table with intervals, and a plot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

RESAMPLES = 200
NAMES = {"all_failures": "true", "random": "random", "none": "no"}
"""Of the kinds of feedback."""
COLORS = {"all_failures": "tab:green", "random": "tab:orange", "none": "tab:red"}

Samples = Sequence[Sequence[bool]]
"""Whether each held-out problem was solved, by seed."""


def interval(samples: Samples) -> tuple[float, float, float]:
    """Mean and 2.5 and 97.5 percentiles of resamples of seeds and, within them, of problems."""
    table = np.asarray(samples, dtype=float)
    seeds, problems = table.shape
    rng = np.random.default_rng(0)
    drawn = rng.integers(seeds, size=(RESAMPLES, seeds, 1)), rng.integers(problems, size=(RESAMPLES, seeds, problems))
    means = table[drawn].mean(axis=(1, 2))
    low, high = np.quantile(means, [0.025, 0.975])
    return float(table.mean()), float(low), float(high)


def rows(results: Sequence[dict[str, Any]]) -> list[tuple[str, str, dict[str, tuple[float, float, float]]]]:
    """Which model, evaluated with which feedback, and its solve rates."""
    modes = results[0]["tiny"]["feedback"]
    found = []
    for trained in (None, *modes):
        chosen = [result for result in results if result["feedback"] == (trained or modes[0])]
        models = [result["before" if trained is None else "after"] for result in chosen]
        name = f"trained with {NAMES[trained]} feedback" if trained else "imitation alone"
        for mode in modes:
            solved = {k: interval([model[mode][k] for model in models]) for k in models[0][mode]}
            found.append((name, NAMES[mode], solved))
    return found


def report(results: Sequence[dict[str, Any]], out: Path) -> str:
    """A table, which is also written to ``report.txt``; the plot goes to ``rlef.svg``."""
    found = rows(results)
    rates = tuple(found[0][2])
    width = max(len(name) for name, _, _ in found)
    lines = [f"{'':{width}}  feedback" + "".join(f"  {rate:>18}" for rate in rates)]
    for name, mode, solved in found:
        cells = (f"{100 * mean:5.1f} % [{100 * low:4.1f}, {100 * high:5.1f}]" for mean, low, high in solved.values())
        lines.append(f"{name:{width}}  {mode:8}" + "".join(f"  {cell:>18}" for cell in cells))
    settings = results[0]["tiny"]["settings"]
    seconds, cpu = (sum(result[name] for result in results) for name in ("seconds", "cpu_seconds"))
    lines.append(
        f"{len({result['seed'] for result in results})} seeds, {settings['evaluation_problems']} held-out problems, "
        f"temperature {settings['evaluation_temperature']}; {len(results)} trainings of "
        f"{settings['iterations'] * settings['rollouts']} episodes, {seconds:.0f} s by the clock, {cpu:.0f} s of CPU"
    )
    text = "\n".join(lines)
    (out / "report.txt").write_text(text + "\n")
    plot(results, found, out / "rlef.svg")
    return text


def plot(results: Sequence[dict[str, Any]], found: Sequence[tuple[str, str, Any]], file: Path) -> None:
    """On the left what rollouts reach while it learns, on the right the evaluations."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    for mode in results[0]["tiny"]["feedback"]:
        curves = [[one["solved"] for one in r["iterations"]] for r in results if r["feedback"] == mode]
        for curve in curves:
            left.plot(range(1, len(curve) + 1), curve, color=COLORS[mode], alpha=0.3, linewidth=1)
        mean = np.mean(curves, axis=0)
        left.plot(range(1, len(mean) + 1), mean, color=COLORS[mode], label=f"{NAMES[mode]} feedback")
    left.set(xlabel="iteration", ylabel="training episodes solved", ylim=(0, 1))
    left.legend(frameon=False)
    places = [number + number // 3 for number in range(len(found))]
    for shift, rate in enumerate(found[0][2]):
        mean, low, high = np.array([solved[rate] for _, _, solved in found]).T
        across = np.array(places) + 0.4 * shift - 0.2
        bars = {"yerr": np.maximum([mean - low, high - mean], 0), "capsize": 2, "error_kw": {"linewidth": 1}}
        right.bar(across, mean, 0.4, color=("silver", "tab:blue")[shift], label=rate, **bars)
    right.set_xticks(places, [mode for _, mode, _ in found], fontsize="x-small")
    for place, (name, _, _) in list(zip(places, found, strict=True))[1::3]:
        right.text(place, -0.13, name.replace(" with ", " with\n"), ha="center", va="top", fontsize="small")
    right.set(ylim=(0, 1), title="held-out problems solved; below, the feedback shown in evaluation")
    right.title.set_fontsize("small")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, metadata={"Date": None})
