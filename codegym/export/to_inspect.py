"""Runs as logs of Inspect AI, through its own models and writer, for its viewer and its analysis."""

import importlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from codegym.datasets import ProblemSet
from codegym.errors import UsageError
from codegym.export.messages import Dialogue, Message, clean, dialogues
from codegym.report.results import plain
from codegym.report.runs import Run
from codegym.report.summary import summarize_run
from codegym.version import __version__


def export_inspect(runs: Sequence[Run], out: Path, *, problems: ProblemSet | None = None) -> int:
    """Write a log ``NAME.eval`` for each run. A rollout is an epoch, and a sample is correct if it is solved.

    Args:
        runs: the runs; one at a time is held in memory whole.
        out: the folder of logs.
        problems: of the runs; by default they are looked for on this machine.

    Returns:
        The number of samples.

    Raises:
        UsageError: there are none, or the problems are not to be found.
    """
    log: Any = importlib.import_module("inspect_ai.log")
    count = 0
    for run in runs:
        samples = [_sample(log, run, talk) for talk in dialogues(run, problems)]
        if not samples:
            raise UsageError(f"expected episodes to export, found none that ended in the run {run.name}")
        out.mkdir(parents=True, exist_ok=True)
        log.write_eval_log(_log(log, run, samples), str(out / f"{plain(run.name).replace('/', '-')}.eval"))
        count += len(samples)
    return count


def _log(log: Any, run: Run, samples: list[Any]) -> Any:
    summary = summarize_run(run)
    rate = log.EvalMetric(name="mean", value=summary.total.rate.value)
    dataset = log.EvalDataset(name=clean(str(run.problem_set("name"))), samples=summary.total.problems)
    return log.EvalLog(
        status="success",
        eval=log.EvalSpec(
            created=_time(run),
            task=clean(f"codegym {run.problem_set('name')}"),
            dataset=dataset,
            model=_model(run),
            config=log.EvalConfig(epochs=max(row.rollout for row in run.rows) + 1),
            packages={"codegym": __version__},
            metadata={"codegym": run.about},
        ),
        results=log.EvalResults(
            total_samples=len(run.rows),
            completed_samples=len(samples),
            scores=[log.EvalScore(name="solved", scorer="solved", metrics={"mean": rate})],
        ),
        samples=samples,
    )


def _time(run: Run) -> str:
    try:
        return datetime.strptime(str(run.about.get("started")), "%Y-%m-%dT%H:%M:%S%z").isoformat()
    except ValueError:
        return datetime.now(UTC).isoformat(timespec="seconds")


def _model(run: Run) -> str:
    return clean(str(run.setting("agent"))) or "unknown"


def _sample(log: Any, run: Run, talk: Dialogue) -> Any:
    model: Any = importlib.import_module("inspect_ai.model")
    scorer: Any = importlib.import_module("inspect_ai.scorer")
    kinds = {
        "system": model.ChatMessageSystem,
        "user": model.ChatMessageUser,
        "assistant": model.ChatMessageAssistant,
    }

    def made(messages: Sequence[Message]) -> list[Any]:
        return [kinds[message["role"]](content=message["content"]) for message in messages]

    value = scorer.CORRECT if talk.solved else scorer.INCORRECT
    return log.EvalSample(
        id=talk.problem_id,
        epoch=talk.rollout + 1,
        input=made(talk.prompt),
        target="",
        messages=made([*talk.prompt, *talk.replies]),
        output=model.ModelOutput.from_content(model=_model(run), content=talk.replies[-1]["content"]),
        scores={"solved": scorer.Score(value=value, answer=talk.program, explanation=talk.verdict)},
        metadata={"difficulty": talk.difficulty, "reward": talk.reward},
    )
