"""Runs as data sets of the library ``datasets``, for fine-tuning and for training on preferences.

Both kinds are in the conversational form that trainers take: ``messages``, or ``prompt``, ``chosen`` and ``rejected``.
"""

import importlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from codegym.datasets import ProblemSet
from codegym.errors import UsageError
from codegym.export.messages import Dialogue, dialogues
from codegym.report.runs import Run


def export_chat(runs: Sequence[Run], out: Path, *, problems: ProblemSet | None = None, solved: bool = False) -> int:
    """Write each episode that ended as chat messages with its reward.

    Columns: ``run``, ``problem_id``, ``difficulty``, ``rollout``, ``messages`` (a list of ``role`` and ``content``),
    ``reward``, ``solved``, ``turns``, ``verdict``.

    Args:
        runs: the runs.
        out: a new folder, for ``datasets.load_from_disk``.
        problems: of the runs; by default they are looked for on this machine.
        solved: leave out the episodes that are not.

    Returns:
        The number of rows.

    Raises:
        UsageError: there are none, or the problems are not to be found.
    """
    found = (_chat(talk) for run in runs for talk in dialogues(run, problems) if talk.solved or not solved)
    return _save(
        found,
        out,
        _types("run", "problem_id", "difficulty", rollout="int64", messages="messages")
        | _types("verdict", reward="float64", solved="bool", turns="int64"),
    )


def export_preferences(runs: Sequence[Run], out: Path, *, problems: ProblemSet | None = None) -> int:
    """Write pairs of episodes on one problem, one solved and one not.

    The first solved is paired with the first that is not, and so on, so that no episode comes up twice. Columns:
    ``run``, ``problem_id``, ``prompt``, ``chosen`` and ``rejected`` (lists of ``role`` and ``content``),
    ``chosen_reward``, ``rejected_reward``.

    Args:
        runs: the runs; episodes are paired within a run.
        out: a new folder, for ``datasets.load_from_disk``.
        problems: of the runs; by default they are looked for on this machine.

    Returns:
        The number of rows.

    Raises:
        UsageError: there are none, or the problems are not to be found.
    """
    lists = {"prompt": "messages", "chosen": "messages", "rejected": "messages"}
    types = _types("run", "problem_id", **lists, chosen_reward="float64", rejected_reward="float64")
    return _save((pair for run in runs for pair in _pairs(dialogues(run, problems))), out, types)


def _chat(talk: Dialogue) -> dict[str, Any]:
    return {
        "run": talk.run,
        "problem_id": talk.problem_id,
        "difficulty": talk.difficulty,
        "rollout": talk.rollout,
        "messages": [*talk.prompt, *talk.replies],
        "verdict": talk.verdict,
        "reward": talk.reward,
        "solved": talk.solved,
        "turns": (len(talk.replies) + 1) // 2,
    }


def _pairs(talks: Iterable[Dialogue]) -> Iterator[dict[str, Any]]:
    for name, group in groupby(talks, key=lambda talk: talk.problem_id):
        of = list(group)
        solved, failed = [talk for talk in of if talk.solved], [talk for talk in of if not talk.solved]
        for better, worse in zip(solved, failed, strict=False):
            if better.replies != worse.replies:
                yield {
                    "run": better.run,
                    "problem_id": name,
                    "prompt": better.prompt,
                    "chosen": better.replies,
                    "rejected": worse.replies,
                    "chosen_reward": better.reward,
                    "rejected_reward": worse.reward,
                }


def _types(*texts: str, **others: str) -> dict[str, str]:
    return dict.fromkeys(texts, "string") | others


def _save(rows: Iterable[dict[str, Any]], out: Path, types: dict[str, str]) -> int:
    """By way of a file of JSON lines, so that no more than a part of them is held."""
    datasets: Any = importlib.import_module("datasets")
    message = {"role": datasets.Value("string"), "content": datasets.Value("string")}
    features = {name: [message] if kind == "messages" else datasets.Value(kind) for name, kind in types.items()}
    with tempfile.TemporaryDirectory(prefix="codegym-export-") as scratch:
        lines = Path(scratch) / "rows.jsonl"
        with lines.open("w", encoding="ascii") as file:
            count = sum(file.write(json.dumps(row) + "\n") > 0 for row in rows)
        if not count:
            raise UsageError("expected episodes to export, found none of this kind in the runs")
        shown = datasets.is_progress_bar_enabled()
        datasets.disable_progress_bars()
        try:
            found = datasets.Dataset.from_json(
                str(lines), features=datasets.Features(features), cache_dir=str(Path(scratch) / "cache")
            )
            found.save_to_disk(str(out))
        finally:
            if shown:
                datasets.enable_progress_bars()
    return count
