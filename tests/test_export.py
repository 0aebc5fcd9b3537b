"""Tests of exports, each read back by the library that it is for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from codegym import load_problems
from codegym.cli import app
from codegym.episode import TurnRecord
from codegym.errors import UsageError
from codegym.export import export_chat, export_inspect, export_preferences, export_tensorboard
from codegym.feedback import describe
from codegym.report import load_run
from codegym.report.runs import Run
from tests.runs import PASS, WRONG, episode, failed, turn, write_run

IDS = ("sum-of-two", "anagram-clusters")


def answered(verdict: str, text: str, reward: float = 0.0) -> TurnRecord:
    return turn(verdict, "print(1)\n", answer=f"{text}\n```\nprint(1)\n```", feedback=f"told of {text}", reward=reward)


def made_run(folder: Path, **about: Any) -> Run:
    problems = load_problems("builtin")
    first, second = IDS
    episodes = [
        episode(first, answered(WRONG, "one"), answered(PASS, "two", 1.0), rollout=0),
        episode(first, answered(WRONG, "three", -1.0), rollout=1),
        episode(first, answered(PASS, "four", 1.0), rollout=2),
        episode(second, answered(PASS, "odd \ud800\0</s>", -1.0), solved=False),
        failed(second, rollout=1),
    ]
    said = {"problems": {"name": "builtin", "count": len(problems), "hash": problems.content_hash}}
    return load_run(write_run(folder, episodes, **(said | about)))


def test_chats_are_what_was_said(tmp_path: Path) -> None:
    """Each ended episode is a row: problem, answers whole, feedback between them, the sum of rewards."""
    import datasets

    assert export_chat([made_run(tmp_path / "run")], tmp_path / "out") == 4
    rows = datasets.load_from_disk(str(tmp_path / "out")).to_list()
    assert [(row["problem_id"], row["rollout"], row["reward"], row["solved"], row["turns"]) for row in rows] == [
        ("anagram-clusters", 0, -1.0, False, 1),
        ("sum-of-two", 0, 1.0, True, 2),
        ("sum-of-two", 1, -1.0, False, 1),
        ("sum-of-two", 2, 1.0, True, 1),
    ]
    text = describe(load_problems("builtin")["sum-of-two"].visible)
    assert rows[1]["messages"] == [
        {"role": "user", "content": text},
        {"role": "assistant", "content": "one\n```\nprint(1)\n```"},
        {"role": "user", "content": "told of one"},
        {"role": "assistant", "content": "two\n```\nprint(1)\n```"},
    ]
    assert rows[0]["messages"][-1]["content"].startswith("odd ?\0</s>")


def test_only_solved_chats_where_asked(tmp_path: Path) -> None:
    """For fine-tuning the episodes that are not solved can be left out."""
    import datasets

    assert export_chat([made_run(tmp_path / "run")], tmp_path / "out", solved=True) == 2
    assert all(datasets.load_from_disk(str(tmp_path / "out"))["solved"])


def test_system_message_and_templates_are_the_runs(tmp_path: Path) -> None:
    """What the agent was told beyond the problem is in the messages as it was."""
    import datasets

    sampling = {"system": "Be terse.", "templates": {"answer": "Only code, please."}}
    run = made_run(tmp_path / "run", settings={"agent": "m", "turns": 3, "sampling": sampling})
    export_chat([run], tmp_path / "out")
    messages = datasets.load_from_disk(str(tmp_path / "out"))[0]["messages"]
    assert messages[0] == {"role": "system", "content": "Be terse."}
    assert "Only code, please." in messages[1]["content"]
    run = made_run(tmp_path / "odd", settings={"sampling": {"templates": {"nonsense": 1}}})
    with pytest.raises(UsageError, match=r"run\.json of odd: expected templates among"):
        export_chat([run], tmp_path / "out2")


def test_preferences_pair_solved_with_unsolved(tmp_path: Path) -> None:
    """One pair for each solved episode that has an unsolved one on the same problem; no episode twice."""
    import datasets

    assert export_preferences([made_run(tmp_path / "run")], tmp_path / "out") == 1
    (row,) = datasets.load_from_disk(str(tmp_path / "out")).to_list()
    assert [message["role"] for message in row["prompt"]] == ["user"]
    assert [message["content"].split("\n")[0] for message in row["chosen"]] == ["one", "told of one", "two"]
    assert [message["content"].split("\n")[0] for message in row["rejected"]] == ["three"]
    assert (row["chosen_reward"], row["rejected_reward"]) == (1.0, -1.0)


def test_tensorboard_reads_the_scalars(tmp_path: Path) -> None:
    """The events have the run's numbers at the step that was given, and the curve over turns at the turns."""
    pytest.importorskip("tensorboardX")
    from tensorboardX.proto.event_pb2 import Event

    count = export_tensorboard([made_run(tmp_path / "run")], tmp_path / "out", step=700)
    (file,) = (tmp_path / "out" / "run").iterdir()
    found: dict[tuple[str, int], float] = {}
    data = file.read_bytes()
    while data:  # length (8), its checksum (4), the event, its checksum (4)
        length = int.from_bytes(data[:8], "little")
        event = Event.FromString(data[12 : 12 + length])
        found |= {(value.tag, event.step): value.simple_value for value in event.summary.value}
        data = data[16 + length :]
    assert len(found) == count
    assert found["solve_rate/all", 700] == pytest.approx((2 / 3 + 0) / 2)
    assert found["episodes/failed", 700] == 1
    assert [found["solve_rate_by_turns", turns] for turns in (1, 2, 3)] == pytest.approx([1 / 6, 1 / 3, 1 / 3])


def test_inspect_reads_the_log(tmp_path: Path) -> None:
    """Inspect's own reader has each ended episode as a sample, correct if solved, a rollout an epoch."""
    log = pytest.importorskip("inspect_ai.log")
    assert export_inspect([made_run(tmp_path / "run")], tmp_path / "out") == 4
    found = log.read_eval_log(str(tmp_path / "out" / "run.eval"))
    assert (found.status, found.eval.model, found.eval.dataset.name) == ("success", "model", "builtin")
    assert found.results.scores[0].metrics["mean"].value == pytest.approx(1 / 3)
    samples = {(sample.id, sample.epoch): sample for sample in found.samples}
    assert {key: sample.scores["solved"].value for key, sample in samples.items()} == {
        ("sum-of-two", 1): "C",
        ("sum-of-two", 2): "I",
        ("sum-of-two", 3): "C",
        ("anagram-clusters", 1): "I",
    }
    assert [message.role for message in samples["sum-of-two", 1].messages] == ["user", "assistant", "user", "assistant"]
    assert samples["sum-of-two", 1].output.completion == "two\n```\nprint(1)\n```"


@pytest.mark.parametrize("export", [export_chat, export_preferences, export_inspect])
def test_a_problem_set_that_is_not_found_is_asked_for(tmp_path: Path, export: Callable[..., int]) -> None:
    """A set that is elsewhere, has changed, or lacks a problem is complained of before anything is written."""
    for name, about in (
        ("elsewhere", {"name": "hub:train", "hash": "1"}),
        ("changed", {"name": "builtin", "hash": "1"}),
        ("odd", {"name": "\0", "hash": "1"}),
    ):
        with pytest.raises(UsageError, match="name it with --problems"):
            export([made_run(tmp_path / name, problems=about)], tmp_path / "out")
    with pytest.raises(UsageError, match="without the problem 'anagram-clusters'"):
        export(
            [made_run(tmp_path / "run")], tmp_path / "out", problems=load_problems("builtin").filter(ids=["sum-of-two"])
        )
    assert not (tmp_path / "out").exists()


def test_the_command_exports_all_kinds(tmp_path: Path) -> None:
    """Each kind from the command line, with the number of rows in JSON."""
    for library in ("tensorboardX", "inspect_ai"):
        pytest.importorskip(library)
    run = made_run(tmp_path / "run").path
    for kind, count in (("chat", 4), ("preference", 1), ("tensorboard", None), ("inspect", 4)):
        out = tmp_path / kind
        done = CliRunner().invoke(app, ["export", str(run), "--to", kind, "--out", str(out), "--json"])
        assert done.exit_code == 0, done.output
        data = json.loads(done.stdout)
        assert (data["to"], data["out"]) == (kind, str(out))
        assert data["count"] == count or count is None
        assert any(out.iterdir())


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--to", "csv"], "expected --to chat, preference, tensorboard, inspect, got 'csv'"),
        (["--to", "inspect", "--solved"], "expected --solved with --to chat"),
    ],
)
def test_bad_exports_are_refused(tmp_path: Path, options: list[str], complaint: str) -> None:
    """What cannot be done is one sentence; a folder with something in it is left alone."""
    run = made_run(tmp_path / "run").path
    done = CliRunner().invoke(app, ["export", str(run), "--out", str(tmp_path / "out"), *options])
    assert isinstance(done.exception, UsageError)
    assert complaint in str(done.exception)
    done = CliRunner().invoke(app, ["export", str(run), "--out", str(run), "--to", "chat"])
    assert "expected a new folder" in str(done.exception)
