"""Tests of codegym.check_command: what is shown of own problems and of data sets, with scripted sandboxes."""

from pathlib import Path
from typing import Any

import pytest

from codegym import Sandbox, check_command, load_problems
from codegym.audit import Sampling
from codegym.audit.criteria import Criteria
from codegym.audit.run import Plan
from codegym.check_command import Request, check_set
from codegym.datasets import ProblemSet
from codegym.errors import UsageError
from tests.fakes import CRASH, Failing, make_problem, scripted


def checked(monkeypatch: pytest.MonkeyPatch, problems: ProblemSet, box: Sandbox, **options: Any) -> tuple[bool, Any]:
    monkeypatch.setattr(check_command, "make_sandbox", lambda kind, workers: box)
    fields: dict[str, Any] = {
        **{"plan": Plan(sampling=Sampling()), "criteria": Criteria(), "out": None, "resume": False, "allow": None},
        **{"sandbox": "scripted", "workers": None, "as_json": True},
    }
    return check_set(problems, Request(**fields | options))


def test_our_failure_is_told_as_ours(monkeypatch: pytest.MonkeyPatch, problem_file: Path) -> None:
    """An own problem that could not be checked is not sound, and what is told blames the sandbox."""
    passed, told = checked(monkeypatch, load_problems(problem_file), Failing(scripted()))
    assert (passed, told["double"]["sound"]) == (False, False)
    assert "through our fault (expected a box, got none)" in told["double"]["findings"][0]


def test_own_problems_leave_no_folder_and_others_do(
    monkeypatch: pytest.MonkeyPatch, problem_file: Path, tmp_path: Path
) -> None:
    """A folder in ``runs/`` is made for what is not codegym's own, and for that only if it is asked for."""
    monkeypatch.chdir(tmp_path)
    checked(monkeypatch, load_problems(problem_file), Failing(scripted()))
    assert not (tmp_path / "runs").exists()
    passed, told = checked(monkeypatch, ProblemSet([make_problem()], "one"), scripted())
    assert (passed, told["summary"]["trusted"]) == (True, 1)
    assert (Path(told["run"]) / "report.md").is_file()
    checked(monkeypatch, load_problems(problem_file), Failing(scripted()), out=tmp_path / "own")
    assert "through our fault" in (tmp_path / "own" / "report.md").read_text()


def test_people_are_shown_figures_defects_and_problems(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever an id holds; of many problems that fail the first ones."""
    problems = [make_problem(f"p{n}[b] \ud800|\n", statement=str(n), reference=CRASH) for n in range(25)]
    passed, _ = checked(monkeypatch, ProblemSet(problems, "many"), scripted(), out=tmp_path / "out", as_json=False)
    told = capsys.readouterr().out
    assert not passed
    assert "0 of 25 (0.0%)" in told
    assert "p0[b] ?\\|: right programs are rejected (1 of 1: reference got runtime_error)" in told
    assert "and 5 more, see the report" in told


def test_what_cannot_be_done_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No problems, and nothing to go on with."""
    with pytest.raises(UsageError, match="expected problems to check in none, got none"):
        checked(monkeypatch, ProblemSet([], "none"), scripted())
    with pytest.raises(UsageError, match="expected --out FOLDER with --resume"):
        checked(monkeypatch, ProblemSet([make_problem()], "one"), scripted(), resume=True)
