"""The numbers of runs as TensorBoard scalars, by way of tensorboardX."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codegym.report.results import plain
from codegym.report.runs import Run
from codegym.report.summary import Pair, Summary, summarize_run
from codegym.report.turns import answer_s, completion_tokens, prompt_tokens, step_s


def export_tensorboard(runs: Sequence[Run], out: Path, *, step: int = 0, pairs: Sequence[Pair] = ()) -> int:
    """Write each run's numbers to a folder of its own, so that TensorBoard shows them side by side.

    Args:
        runs: the runs.
        out: the folder of logs.
        step: at which they stand; for a run that measures a checkpoint its training step.
        pairs: the n and k of each n@k wanted; by default what each run was made for.

    Returns:
        The number of scalars.
    """
    writer_of: Any = importlib.import_module("tensorboardX").SummaryWriter
    count = 0
    for run in runs:
        summary = summarize_run(run, pairs)
        writer = writer_of(logdir=str(out / plain(run.name).replace("/", "-")))
        try:
            for tag, value, at in [*((tag, value, step) for tag, value in _numbers(summary)), *_by_turns(summary)]:
                writer.add_scalar(tag, value, at)
                count += 1
        finally:
            writer.close()
    return count


def _numbers(s: Summary) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = [("episodes/ended", s.total.episodes), ("episodes/failed", s.run.errors)]
    if not s.total.episodes:
        return found
    for group in (s.total, *s.by_difficulty):
        found.append((f"solve_rate/{plain(group.name) or 'none'}", group.rate.value))
    found += [(f"n_at_k/{at.name}", at.rate.value) for at in s.at_k if at.rate]
    found += [("turns/mean", s.total.turns), ("reward/mean", s.mean(lambda row: row.reward))]
    found += [("turns/repaired", s.repaired / s.total.episodes), ("turns/broken", s.broken / s.total.episodes)]
    found += [(f"distance/turn_{d.turn}", d.mean) for d in s.distances if d.mean is not None]
    found += [(f"cost/{of.__name__}", s.mean(of)) for of in (answer_s, step_s, prompt_tokens, completion_tokens)]
    return found


def _by_turns(s: Summary) -> list[tuple[str, float, int]]:
    """A curve of its own: the number of turns is the step."""
    return [("solve_rate_by_turns", rate.value, turns) for turns, rate in enumerate(s.by_turns, 1)]
