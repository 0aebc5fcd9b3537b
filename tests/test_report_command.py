"""Tests of ``codegym report``, and of reports of real runs."""

import json
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from codegym import Problem, Sandbox, load_problems
from codegym.bench.run import Settings, run_benchmark
from codegym.cli import app
from codegym.report import load_runs, make_report
from tests.runs import PASS, WRONG, episode, failed, write_run

runner = CliRunner()


def failing_public(problem: Problem) -> str:
    """The verdict on the public tests of the program that `wrong` answers with."""
    program = problem.wrong_programs_in("python")[0]
    return program.label if program.fails == "public" else PASS


def repair_starts_with(problem: Problem) -> str:
    programs = problem.wrong_programs_in("python")
    return next((program.label for program in programs if program.fails == "public"), PASS)


@pytest.mark.slow
def test_a_matrix_of_known_agents_has_the_values_that_its_problems_say(any_sandbox: Sandbox, tmp_path: Path) -> None:
    """Oracle, repair and wrong on built-in problems: every number follows from the problem files."""
    problems = load_problems("builtin")[::3]
    for agent in ("oracle", "repair", "wrong"):
        run_benchmark(Settings(agent), problems, any_sandbox, tmp_path / agent, concurrency=2)
    report = make_report(load_runs([tmp_path / agent for agent in ("oracle", "repair", "wrong")]), [(1, 3)])
    oracle, repair, wrong = report.summaries
    count = len(problems)

    assert [s.total.episodes for s in report.summaries] == [count] * 3
    assert [s.run.errors for s in report.summaries] == [0, 0, 0]
    assert (oracle.total.solved, wrong.total.solved) == (count, 0)
    for summary, rate in ((oracle, 1.0), (wrong, 0.0)):
        at = summary.at_k[0].rate
        assert at == summary.total.rate
        assert (at.value, at.low, at.high) == (rate, rate, rate)
        assert [turns.value for turns in summary.by_turns] == [rate] * 3
    assert oracle.first == oracle.final == Counter({PASS: count})

    started = Counter(map(repair_starts_with, problems))
    assert repair.first == started
    solved_later = count - started[PASS]
    assert (repair.repaired, repair.total.solved) == (solved_later, solved_later)
    assert repair.total.turns == (started[PASS] + 2 * solved_later) / count
    assert [turns.value for turns in repair.by_turns] == pytest.approx([0, solved_later / count, solved_later / count])
    assert {f.verdict: (f.episodes, f.solved) for f in repair.failures} == {
        verdict: (number, number) for verdict, number in started.items() if verdict != PASS
    }

    public = Counter(map(failing_public, problems))
    assert wrong.first == wrong.last == public
    assert wrong.final == Counter(problem.wrong_programs_in("python")[0].label for problem in problems)
    assert (wrong.passed_only, wrong.repaired, wrong.broken) == (public[PASS], 0, 0)
    assert sum(d.repeats for d in wrong.distances) == 2 * (count - public[PASS])
    assert all(d.mean == 0.0 for d in wrong.distances)

    against_repair, against_wrong = report.as_dict()["comparisons"]
    assert (against_repair["won"], against_repair["lost"]) == (0, count - solved_later)
    assert (against_wrong["lost"], against_wrong["difference"]["value"]) == (count, -1.0)
    assert against_wrong["p"] == 2 / 2**count


def test_one_run_is_reported_into_its_folder(tmp_path: Path) -> None:
    """The table is printed, and the files lie beside the episodes."""
    run = write_run(tmp_path / "mine", [episode("a", WRONG, PASS), episode("b", WRONG), failed("c")])
    done = runner.invoke(app, ["report", str(run)])
    assert done.exit_code == 0
    assert "50.0 (0.0, 100.0)" in done.output
    assert "1 of 3 episodes (33.3%) could not end" in done.output
    assert {path.name for path in run.iterdir()} >= {"report.html", "report.md", "report.csv"}


def test_json_has_the_numbers_and_the_files(tmp_path: Path) -> None:
    """Strict JSON alone on standard output, with n@k as asked."""
    runs = [write_run(tmp_path / name, [episode("a", PASS, rollout=n) for n in range(2)]) for name in ("x", "y")]
    done = runner.invoke(
        app, ["report", *map(str, runs), "--out", str(tmp_path / "out"), "--n", "1,2", "--k", "3,6", "--json"]
    )
    data = json.loads(done.stdout, parse_constant=pytest.fail)
    assert [at["name"] for at in data["runs"][0]["n_at_k"]] == ["1@3", "2@6"]
    assert data["comparisons"][0]["tied"] == 1
    assert all(Path(file).is_file() for file in data["files"].values())


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--n", "1"], "as in 1,10 and 3,100, got 1 and None"),
        (["--n", "1", "--k", "x"], "as in 1,10 and 3,100, got 1 and x"),
        (["--n", "1,2", "--k", "3"], "as many numbers in --n as in --k"),
        (["--n", "0", "--k", "3"], "n from 1 to k, got 0@3"),
        (["--problems", "/no/such/set"], "/no/such/set"),
    ],
)
def test_bad_options_are_one_sentence(
    tmp_path: Path,
    options: list[str],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What cannot be done is said in a line, with exit status 2, and nothing is written."""
    from codegym.cli import main

    run = write_run(tmp_path / "run", [episode("a", PASS)])
    monkeypatch.setattr(sys, "argv", ["codegym", "report", str(run), *options])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert said.err.startswith("codegym: expected ")
    assert complaint in said.err
    assert said.err.count("\n") == 1
    assert {path.name for path in run.iterdir()} == {"run.json", "episodes.jsonl"}


@pytest.mark.parametrize("library", ["jinja2", "matplotlib", "sacrebleu"])
def test_a_report_without_a_library_says_what_is_missing(
    tmp_path: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What needs the library is left out, the rest is made, and the way to get it is said."""
    from importlib.util import find_spec

    spec = find_spec
    patched = SimpleNamespace(find_spec=lambda name: None if name == library else spec(name))
    for module in ("write", "figures", "similarity"):
        monkeypatch.setattr(f"codegym.report.{module}.importlib.util", patched)
    run = write_run(tmp_path / "run", [episode("a", WRONG, PASS)])
    done = runner.invoke(app, ["report", str(run)])
    assert done.exit_code == 0
    page = run / "report.html"
    told = done.output + done.stderr + (page.read_text() if page.exists() else "")
    assert f"xpected {library} for" in told
    assert "pip install codegym[report]" in told
    assert page.exists() == (library != "jinja2")
    assert "100.0 (100.0, 100.0)" in (run / "report.md").read_text()
