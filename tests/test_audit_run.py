"""Tests of codegym.audit.run and of ``codegym problems check`` on data sets."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from codegym import Sandbox, TestCase
from codegym.audit import ProblemAudit, ProgramAudit, Sampling
from codegym.audit.criteria import Criteria
from codegym.audit.run import AuditFolder, Plan, audit_problems, chosen_places, describe_audit
from codegym.audit.summary import summarize
from codegym.check import findings
from codegym.datasets import ProblemSet
from codegym.errors import SandboxUnavailable, UsageError
from codegym.sandbox import ScriptedSandbox
from tests.fakes import RIGHT, WRONG, Failing, make_problem, scripted

PROBLEMS = ProblemSet([make_problem(name, statement=f"This is {name}") for name in "abcdef"], "six")


def audited(sandbox: Sandbox | None = None, problems: ProblemSet = PROBLEMS, **options: Any) -> list[ProblemAudit]:
    places = options.pop("places", range(len(problems)))
    return list(audit_problems(problems, sandbox or scripted(), places, **options))


def in_order(audits: list[ProblemAudit]) -> list[ProblemAudit]:
    return sorted(audits, key=lambda audit: audit.place)


def names(audits: list[ProblemAudit]) -> list[str]:
    return [audit.problem_id for audit in in_order(audits)]


def folder(
    path: Path, *, resume: bool = False, plan: Plan | None = None, problems: ProblemSet = PROBLEMS
) -> AuditFolder:
    return AuditFolder(path, describe_audit(plan or Plan(), problems, scripted()), resume=resume)


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("places", [range(6), [1, 4], [5], []])
def test_each_chosen_problem_is_audited_once(places: list[int], concurrency: int) -> None:
    """However many at once, and however few: each with its place, and kept as it ends."""
    kept: list[ProblemAudit] = []
    audits = audited(places=places, concurrency=concurrency, keep=kept.append)
    assert sorted(audit.place for audit in audits) == list(places)
    assert names(audits) == [PROBLEMS[place].id for place in places] == names(kept)


def test_the_sample_depends_on_the_seed_alone() -> None:
    """As many problems as asked for, ascending, the same for one seed; all where there are no more."""
    plans = [Plan(5, Sampling(seed=seed)) for seed in (1, 1, 2)]
    first, again, other = (chosen_places(plan, 1000) for plan in plans)
    assert first == again == sorted(set(first)) != other
    assert len(first) == 5
    assert chosen_places(Plan(5), 5) == chosen_places(Plan(), 5) == [0, 1, 2, 3, 4]


def test_problems_are_taken_no_sooner_than_needed() -> None:
    """A set is gone through as its problems are audited, not loaded before."""
    made: list[int] = []
    ahead: list[int] = []

    class Lazy(ProblemSet):
        def __iter__(self) -> Any:
            for place, problem in enumerate(super().__iter__()):
                made.append(place)
                yield problem

    problems = Lazy([make_problem(f"p{n}") for n in range(40)], "lazy")
    for number, _ in enumerate(audit_problems(problems, scripted(), range(40), concurrency=2), 1):
        ahead.append(len(made) - number)
    assert len(made) == 40
    assert max(ahead) <= 8


def test_our_failure_blames_no_problem_and_stops_no_other() -> None:
    """It is recorded as an error without figures; a sandbox that cannot be had at all ends the audit."""
    audits = in_order(audited(Failing(scripted(), 3)))
    assert [bool(audit.error) for audit in audits] == [True, False, False, False, False, False]
    assert audits[0].programs == ()
    with pytest.raises(SandboxUnavailable):
        audited(Failing(scripted(), 30, error=SandboxUnavailable))


def test_rules_are_asked_of_each_problem() -> None:
    """What the rules find is in the record."""
    (audit,) = audited(problems=PROBLEMS[:1], rules=findings)
    assert "expected at least 10 private tests, got 3" in audit.findings


def test_what_failed_through_our_fault_is_audited_again_on_resuming(tmp_path: Path) -> None:
    """Its old line is superseded, whichever way the file holds them; what had ended is not audited again."""
    with closing(folder(tmp_path)) as first:
        audited(Failing(scripted(), 3, 12), keep=first.add)
        failed = {place for place in range(6) if place not in first.done}
        assert len(failed) == 2
        assert summarize(first.audits(), Criteria()).errors == 2
    sandbox = scripted()
    with closing(folder(tmp_path, resume=True)) as again:
        audited(sandbox, places=sorted(failed), keep=again.add)
        audits = list(again.audits())
    assert names(audits) == list("abcdef")
    assert in_order(audits) == in_order(audited())
    assert len((tmp_path / "audit.jsonl").read_text().splitlines()) == 8


@pytest.mark.parametrize("cut", [b"", b"{", b'{"format":1,"problem_id":"f"', b"\xff\xfe"])
def test_a_line_that_was_cut_off_is_dropped(tmp_path: Path, cut: bytes) -> None:
    """An audit that was killed in the midst of a line goes on with that problem."""
    with closing(folder(tmp_path)) as first:
        audited(keep=first.add)
    file = tmp_path / "audit.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:4]) + cut)
    with closing(folder(tmp_path, resume=True)) as again:
        assert again.done == {0, 1, 2, 3}
        audited(places=[4, 5], keep=again.add)
    assert file.read_bytes() == b"".join(lines)


def test_a_spoilt_line_is_refused_by_number(tmp_path: Path) -> None:
    """A whole line that is no record is told with file and line, and nothing is lost."""
    with closing(folder(tmp_path)) as first:
        audited(keep=first.add)
    file = tmp_path / "audit.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:2], b"{}\n", *lines[2:]]))
    before = file.read_bytes()
    with pytest.raises(UsageError, match=r"audit\.jsonl:3: expected the record of an audit"):
        folder(tmp_path, resume=True)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"plan": Plan(3)}, "settings"),
        ({"plan": Plan(sampling=Sampling(programs=1))}, "settings"),
        ({"problems": PROBLEMS[:3]}, "problems"),
    ],
)
def test_another_audit_is_not_resumed(tmp_path: Path, options: dict[str, Any], what: str) -> None:
    """An audit goes on only with the settings and the set that it began with, and not without being asked to."""
    folder(tmp_path).close()
    with pytest.raises(UsageError, match=f"expected to resume the same run, but {what} was"):
        folder(tmp_path, resume=True, **options)
    with pytest.raises(UsageError, match="--resume"):
        folder(tmp_path)


def test_an_interrupt_ends_soon_and_leaves_no_thread() -> None:
    """When the reader stops, the problems at work are given up after the test that they run."""
    threads = threading.active_count()
    tests = tuple(TestCase(f"{n}\n", f"{2 * n}\n") for n in range(200))

    def slow(_: str, data: bytes) -> Any:
        time.sleep(0.02)
        return scripted().execute(RIGHT, [data], make_problem().limits)[0]

    slowly = ScriptedSandbox({RIGHT: slow, WRONG: slow})
    quick = make_problem("quick", public_tests=(), private_tests=tests[:1], programs=(), starter=None)
    problems = ProblemSet([quick, *(make_problem(f"p{n}", private_tests=tests) for n in range(3))], "slow")
    started = time.monotonic()
    with closing(audit_problems(problems, slowly, range(4), concurrency=2)) as audits:
        next(audits)
    assert time.monotonic() - started < 2
    assert threading.active_count() == threads


def rows(path: Path, count: int, pause: str = "") -> None:
    """A CodeContests file of ``count`` problems: sound ones, but for every third, whose solution is wrong."""
    with path.open("w") as file:
        for number in range(count):
            wrong = "# \n" if number % 3 else "print(0)\n"
            tests = {"input": ["1\n", "5\n", "-5\n"], "output": ["2\n", "10\n", "-10\n"]}
            row = {
                **{"name": f"{number}_A. Twice", "description": f"Print twice the number, please ({number})."},
                **{"public_tests": {"input": ["2\n"], "output": ["4\n"]}, "private_tests": tests},
                **{"generated_tests": {"input": [], "output": []}, "time_limit": {"seconds": 2, "nanos": 0}},
                **{"memory_limit_bytes": 256000000, "difficulty": 7, "cf_rating": 800, "cf_tags": ["math"]},
                "solutions": {"language": [3, 4], "solution": [f"{pause}{wrong}{RIGHT}", "class Main {}"]},
                "incorrect_solutions": {"language": [3], "solution": ["print(abs(int(input())) * 2)\n"]},
            }
            file.write(json.dumps(row) + "\n")


def command(tmp_path: Path, kind: str, *words: str) -> list[str]:
    base = [
        sys.executable,
        "-m",
        "codegym.cli",
        "problems",
        "check",
        "code_contests",
        "--path",
        str(tmp_path / "r.jsonl"),
    ]
    return [*base, "--sandbox", kind, "--workers", "1", *words]


def run(tmp_path: Path, *words: str) -> Any:
    return subprocess.run(command(tmp_path, *words), cwd=tmp_path, capture_output=True, text=True, check=False)


def test_the_command_measures_reports_and_writes_a_list(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """On a data set it tells figures, keeps records, page and list, and ends with 1 where a problem fails."""
    rows(tmp_path / "r.jsonl", 6)
    done = run(tmp_path, any_sandbox.kind, "--out", "audit", "--allow", "allow.json", "--json")
    assert done.returncode == 1, done.stderr
    data = json.loads(done.stdout)
    assert (data["summary"]["problems"], data["summary"]["trusted"]) == (6, 4)
    assert data["summary"]["right"] == {"run": 6, "accepted": 4}
    assert list(data["untrusted"]) == ["0_A. Twice", "3_A. Twice"]
    assert json.loads((tmp_path / "allow.json").read_text())["ids"] == [f"{n}_A. Twice" for n in (1, 2, 4, 5)]
    assert "| trusted | 4 of 6 (66.7%) |" in (tmp_path / "audit" / "report.md").read_text()
    told = run(tmp_path, any_sandbox.kind, "--out", "audit", "--resume", "--require", "right=0")
    assert (told.returncode, "trusted" in told.stdout, "Traceback" in told.stderr) == (0, True, False), told


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_audit_that_was_stopped_is_gone_on_with(tmp_path: Path, any_sandbox: Sandbox, how: signal.Signals) -> None:
    """Ctrl-C says how to go on and ends with 130; after a kill too the same command with --resume ends the audit."""
    rows(tmp_path / "r.jsonl", 4, "import time; time.sleep(0.2)\n")
    process = subprocess.Popen(
        command(tmp_path, any_sandbox.kind, "--out", "audit"), cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    file = tmp_path / "audit" / "audit.jsonl"
    while not (file.exists() and file.stat().st_size) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert "--out audit --resume goes on with it" in said
    before = file.read_bytes()
    assert 1 <= before.count(b"\n") < 4
    done = run(tmp_path, any_sandbox.kind, "--out", "audit", "--resume", "--json")
    assert json.loads(done.stdout)["summary"]["problems"] == 4
    assert file.read_bytes().startswith(before[: before.rfind(b"\n") + 1])
    assert file.read_bytes().count(b"\n") == 4


def test_without_matplotlib_the_rest_is_there(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """One sentence says what is missing, and how to get it."""
    rows(tmp_path / "r.jsonl", 1)
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfound = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'matplotlib' else found(name, *a)\n"
    )
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command(tmp_path, any_sandbox.kind, "--out", "audit"),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.count("expected matplotlib for report.svg") == 1
    assert {"report.md", "run.json", "audit.jsonl"} <= {path.name for path in (tmp_path / "audit").iterdir()}
    assert not (tmp_path / "audit" / "report.svg").exists()


def test_memory_does_not_grow_with_what_audits_hold() -> None:
    """Adding up thousands of problems keeps their ids and keys, not their matrices."""

    def many() -> Any:
        for place in range(2000):
            verdicts = "W" * 500 + str(place)
            ran = ProgramAudit("p", "rejected", "python", "wrong_answer", "public", verdicts, 0.5)
            yield ProblemAudit(f"p{place}", place, programs=20 * (ran,), statement_key=f"{place:024}")

    tracemalloc.start()
    summary = summarize(many(), Criteria(least_right=0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert summary.problems == len(summary.trusted) == 2000
    assert peak < 2000 * 2048, peak
