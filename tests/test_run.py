"""Tests of codegym.bench.run."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from codegym import Sandbox
from codegym.bench.run import Listener, RunFolder, Settings, run_benchmark
from codegym.datasets import ProblemSet
from codegym.env import Observation
from codegym.episode import Episode
from codegym.errors import AgentError, SandboxUnavailable, UsageError
from codegym.running import read_about
from tests.conftest import SOUND
from tests.fakes import PRIVATE, WRONG, Failing, make_problem, scripted

PROBLEMS = ProblemSet([make_problem(name) for name in "abcd"], "four")
ABOUT: dict[str, Any] = {"format": 1, "settings": {"agent": "x"}, "problems": {"hash": "1"}}


def run(out: Path, agent: str = "repair", sandbox: Sandbox | None = None, **options: Any) -> list[Episode]:
    settings = Settings(agent, **options.pop("settings", {}))
    return run_benchmark(settings, options.pop("problems", PROBLEMS), sandbox or scripted(), out, **options)


def kept(out: Path) -> list[Episode]:
    return [Episode.from_json(line) for line in (out / "episodes.jsonl").read_text().splitlines()]


def names(episodes: list[Episode]) -> list[tuple[str, int]]:
    return [(episode.problem_id, episode.rollout) for episode in episodes]


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Observation], Any]], str]:
    """Gives a function of observations the name of an agent."""
    module = type(sys)("agent_for_test_run")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def name(answer: Callable[[Observation], Any]) -> str:
        vars(module)["answer"] = answer
        return f"python:{module.__name__}:answer"

    return name


@pytest.mark.parametrize("concurrency", [1, 3])
def test_every_episode_is_kept_and_given_back_in_order(tmp_path: Path, concurrency: int) -> None:
    """The file has each problem and rollout once; what is given back is in their order, however many at once."""
    episodes = run(tmp_path, settings={"rollouts": 2}, concurrency=concurrency)
    assert names(episodes) == [(name, number) for number in range(2) for name in "abcd"]
    assert sorted(kept(tmp_path), key=lambda e: (e.rollout, e.problem_id)) == episodes
    assert all(episode.solved for episode in episodes)


def test_what_the_run_is_stands_beside_the_episodes(tmp_path: Path) -> None:
    """``run.json`` has the settings, the problems and the sandbox."""
    run(tmp_path, settings={"turns": 2, "seed": 5})
    about = read_about(tmp_path)
    assert (about["settings"]["agent"], about["settings"]["turns"], about["settings"]["seed"]) == ("repair", 2, 5)
    assert about["problems"] == {"name": "four", "count": 4, "hash": PROBLEMS.content_hash}
    assert about["sandbox"]["kind"] == "scripted"


def test_the_same_seed_gives_the_same_run_whatever_the_concurrency(tmp_path: Path) -> None:
    """With random feedback too, what an agent is told depends on the seed alone, and rollouts differ."""

    def told(out: str, seed: int, concurrency: int) -> list[str]:
        settings = {"feedback": "random", "seed": seed, "rollouts": 3}
        episodes = run(tmp_path / out, "wrong", settings=settings, problems=mixed, concurrency=concurrency)
        return [episode.turns[0].feedback for episode in episodes]

    mixed = ProblemSet([make_problem(f"p{n}", public_tests=PRIVATE[: n % 3 + 1]) for n in range(6)], "mixed")
    first = told("1", 0, 1)
    assert told("2", 0, 3) == first
    assert told("3", 1, 1) != first
    assert first[:6] != first[6:12]


@pytest.mark.parametrize(
    "cut", [b"", b"{", b'{"format": 1, "problem_id": "d"', b"\xff\xfe"], ids=["whole", "1", "2", "3"]
)
def test_a_run_goes_on_after_a_line_that_was_cut_off(tmp_path: Path, cut: bytes) -> None:
    """The half line of a run that was killed is dropped and its episode played again; no other is."""
    whole = run(tmp_path)
    lines = (tmp_path / "episodes.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "episodes.jsonl").write_bytes(b"".join(lines[:3]) + cut)
    told: list[Any] = []
    again = run(
        tmp_path, resume=True, listener=Listener(lambda total, there: told.append((total, list(there))), told.append)
    )
    assert [(e.problem_id, e.turns, e.solved) for e in again] == [(e.problem_id, e.turns, e.solved) for e in whole]
    assert told == [(4, again[:3]), again[3]]
    assert kept(tmp_path) == again


def test_a_finished_run_resumes_to_itself(tmp_path: Path) -> None:
    """Resuming a run that is over plays nothing."""
    whole = run(tmp_path)
    sandbox = scripted()
    assert run(tmp_path, sandbox=sandbox, resume=True) == whole
    assert sandbox.calls == []


def test_resuming_where_there_is_no_run_begins_one(tmp_path: Path) -> None:
    """``resume`` with an empty or absent folder is a new run, so that one command serves for both."""
    assert len(run(tmp_path / "new" / "folder", resume=True)) == 4


@pytest.mark.parametrize(
    ("line", "where"),
    [(b"{}\n", 1), (b"\xff\n", 1), (b"7\n", 0), (b"[" * 99999 + b"\n", 1), (b'{"format": 2}\n', 2), (b"\n", 1)],
    ids=["empty", "bytes", "number", "nested", "format", "blank"],
)
def test_a_spoilt_line_in_the_middle_is_refused_and_nothing_lost(tmp_path: Path, line: bytes, where: int) -> None:
    """A whole line that is no record is a UsageError, and the file stays as it is."""
    run(tmp_path)
    file = tmp_path / "episodes.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:where], line, *lines[where:]]))
    before = file.read_bytes()
    with pytest.raises(UsageError, match="expected an episode record"):
        run(tmp_path, resume=True)
    assert file.read_bytes() == before


def test_a_run_is_not_begun_upon_another(tmp_path: Path) -> None:
    """Without ``resume`` a folder with a run in it is refused and left as it is."""
    run(tmp_path)
    before = (tmp_path / "episodes.jsonl").read_bytes()
    with pytest.raises(UsageError, match="--resume"):
        run(tmp_path)
    assert (tmp_path / "episodes.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"agent": "oracle"}, "settings"),
        ({"settings": {"turns": 2}}, "settings"),
        ({"settings": {"seed": 1}}, "settings"),
        ({"problems": PROBLEMS[:3]}, "problems"),
        ({"problems": ProblemSet([make_problem(n, private_tests=()) for n in "abcd"], "four")}, "problems"),
    ],
    ids=["agent", "turns", "seed", "fewer problems", "other tests"],
)
def test_another_run_is_not_resumed(tmp_path: Path, options: dict[str, Any], what: str) -> None:
    """A run goes on only with the settings and problems that it began with."""
    run(tmp_path)
    with pytest.raises(UsageError, match=f"expected to resume the same run, but {what} was"):
        run(tmp_path, resume=True, **options)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_folder_with_a_spoilt_run_json_is_refused(tmp_path: Path, text: str) -> None:
    """A ``run.json`` that says nothing is a UsageError, not a new run over the old one."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(UsageError, match=r"run\.json"):
        run(tmp_path, resume=True)


def test_two_on_one_folder_are_refused(tmp_path: Path) -> None:
    """While one writes to a folder, nobody else may, from this process or another; afterwards one may."""
    script = (
        "import sys, pathlib\nfrom codegym.bench.run import RunFolder\n"
        f"RunFolder(pathlib.Path(sys.argv[1]), {ABOUT!r}, resume=True).close()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with closing(RunFolder(tmp_path, ABOUT, resume=False)):
        with pytest.raises(UsageError, match="another one is writing"):
            RunFolder(tmp_path, ABOUT, resume=True)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "another one is writing" in done.stderr
    assert subprocess.run(command, check=False).returncode == 0


def test_a_refused_folder_is_free_again(tmp_path: Path) -> None:
    """A run that was refused holds no lock on the folder."""
    run(tmp_path)
    with pytest.raises(UsageError) as refused:
        run(tmp_path)
    assert len(run(tmp_path, resume=True)) == 4
    assert "--resume" in str(refused.value)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A folder that cannot be made is a UsageError that names it."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "inside"):
        with pytest.raises(UsageError, match=r"expected a folder for the run that can be written, got .*file"):
            run(path)


@pytest.mark.parametrize("concurrency", [1, 2])
@pytest.mark.parametrize("bad", [lambda: 1 / 0, lambda: None], ids=["raises", "no text"])
def test_an_agent_that_fails_keeps_what_had_ended(
    tmp_path: Path, agent: Any, bad: Callable[[], Any], concurrency: int
) -> None:
    """An agent's failure names agent and problem; the episodes that ended before are kept, and the run resumes."""
    broken = [True]
    name = agent(lambda seen: bad() if broken[0] and "(c)" in seen["problem"] else WRONG)
    with pytest.raises(AgentError, match=f"agent '{name}' on problem 'c': expected an answer"):
        run(tmp_path, name, concurrency=concurrency)
    assert {("a", 0), ("b", 0)} <= set(names(kept(tmp_path)))
    assert ("c", 0) not in names(kept(tmp_path))
    broken[0] = False
    assert names(run(tmp_path, name, resume=True)) == [(letter, 0) for letter in "abcd"]
    assert len(kept(tmp_path)) == 4


def test_our_failures_are_recorded_and_played_again(tmp_path: Path) -> None:
    """Episodes that the sandbox failed are kept with an error, stop no other, and are played again on resuming."""
    episodes = run(tmp_path, "oracle", Failing(scripted(), *range(3)))
    assert [bool(episode.error) for episode in episodes] == [True, False, False, False]
    assert [episode.solved for episode in episodes] == [False, True, True, True]
    again = run(tmp_path, "oracle", resume=True)
    assert [episode.solved for episode in again] == [True] * 4
    assert again[1:] == episodes[1:]
    assert len(kept(tmp_path)) == 5


def test_no_sandbox_at_all_ends_the_run(tmp_path: Path) -> None:
    """Where no sandbox can be had the run ends with that, and can be resumed."""
    with pytest.raises(SandboxUnavailable):
        run(tmp_path, sandbox=Failing(scripted(), *range(4, 99), error=SandboxUnavailable))
    assert names(kept(tmp_path)) == [("a", 0)]
    assert len(run(tmp_path, resume=True)) == 4


def test_an_agent_that_can_play_nothing_is_refused(tmp_path: Path) -> None:
    """No problem to play is a UsageError, and no folder is made for it."""
    bare = ProblemSet([make_problem("a", starter=None)], "bare")
    with pytest.raises(UsageError, match="'starter'"):
        run(tmp_path / "out", "starter", problems=bare)
    assert not (tmp_path / "out").exists()


def test_an_interrupt_lets_what_is_being_played_end(tmp_path: Path) -> None:
    """Ctrl-C between episodes keeps all that ended, those in play included, and leaves no thread at work."""
    threads = threading.active_count()

    def interrupt(_: Episode) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, concurrency=2, listener=Listener(ended=interrupt))
    assert 1 <= len(kept(tmp_path)) <= 4
    assert threading.active_count() == threads
    assert len(run(tmp_path, resume=True)) == 4
    assert len(kept(tmp_path)) == 4


def test_ctrl_c_at_the_command_line(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """Ctrl-C gives exit status 130 and the way to go on, and keeps what had ended; the same command resumes."""
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(SOUND.replace("id: double", f"id: {name}"))
    (tmp_path / "slow.py").write_text(
        "import os, time\n"
        "def agent(observation):\n"
        "    if os.path.exists('run/episodes.jsonl') and os.path.getsize('run/episodes.jsonl'):\n"
        "        time.sleep(float(os.environ['PAUSE']))\n"
        "    return 'print(int(input()) * 2)'\n"
    )
    command = [sys.executable, "-m", "codegym.cli", "bench", "--agent", "python:slow:agent", "--problems", "."]
    command += ["--sandbox", any_sandbox.kind, "--concurrency", "1", "--out", "run"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PAUSE": "2"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    file = tmp_path / "run" / "episodes.jsonl"
    while not (file.exists() and file.stat().st_size) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "--out run --resume" in said
    before = kept(tmp_path / "run")
    assert 1 <= len(before) <= 2
    options: dict[str, Any] = {"cwd": tmp_path, "env": os.environ | {"PAUSE": "0"}, "capture_output": True}
    done = subprocess.run([*command, "--resume", "--json"], check=False, **options)
    assert done.returncode == 0
    assert json.loads(done.stdout)["groups"][0]["solved"] == 3
    assert kept(tmp_path / "run")[: len(before)] == before


def test_each_resumption_is_written_down(tmp_path: Path) -> None:
    """``run.json`` keeps how the run began, and how it was gone on with each time: sandbox, machine, concurrency."""
    run(tmp_path, concurrency=2)
    first = read_about(tmp_path)
    for number in (3, 4):
        run(tmp_path, resume=True, concurrency=number)
    about = read_about(tmp_path)
    assert {key: value for key, value in about.items() if key != "resumed"} == first
    assert [entry["agent"]["concurrency"] for entry in about["resumed"]] == [3, 4]
    assert all(entry["machine"] == first["machine"] and "settings" not in entry for entry in about["resumed"])


def test_run_json_is_whole_at_every_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies while it writes ``run.json`` leaves none, or the one that was there."""

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("codegym.running.os.replace", dies)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    monkeypatch.undo()
    assert not (tmp_path / "run.json").exists()
    whole = run(tmp_path)
    assert run(tmp_path, resume=True) == whole
