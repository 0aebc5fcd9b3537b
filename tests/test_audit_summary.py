"""Tests of codegym.audit.record, criteria, summary, report and plot."""

import dataclasses
import importlib.util
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from codegym import Problem, Sandbox, TestCase
from codegym.audit import ProblemAudit, ProgramAudit, measure
from codegym.audit.criteria import KINDS, Criteria
from codegym.audit.fingerprint import key_of_tests, statement_key
from codegym.audit.plot import can_plot, plot
from codegym.audit.record import LETTERS
from codegym.audit.report import figures, markdown
from codegym.audit.summary import summarize
from codegym.datasets.problem_set import LeftOut
from codegym.errors import UsageError
from tests.fakes import CRASH, make_problem, scripted

ROWS = ("WAAW", "TA--")
ABOUT: dict[str, Any] = {
    "problems": {"name": "a|b`c\n", "count": 2, "hash": "12"},
    "settings": {"limit": 2, "sampling": {"programs": 3, "seed": 0, "timeouts": 3}, "languages": ["python"]},
    "codegym": "1",
    "sandbox": {"kind": "scripted"},
    "started": "now",
}


@pytest.mark.parametrize("change", ["right", *(f"right={n}" for n in ("", "x", "-1", "nan", "inf")), "wright=1", "=1"])
def test_a_criterion_that_is_none_is_refused(change: str) -> None:
    """The sentence names the known ones."""
    with pytest.raises(UsageError, match="expected a criterion NAME=NUMBER, the name one of right, wrong"):
        Criteria.read([change])


def audits_of(problems: Sequence[Problem], sandbox: Sandbox) -> list[ProblemAudit]:
    return [measure(problem, sandbox, place=place) for place, problem in enumerate(problems)]


def test_the_second_of_two_problems_with_one_statement_is_a_duplicate() -> None:
    """The earlier one stays trusted whichever ended first; the same tests alone are told and no defect."""
    problems = [make_problem("a"), make_problem("b", statement="Something else"), make_problem("c")]
    audits = audits_of(problems, scripted())
    for order in (audits, audits[::-1]):
        summary = summarize(order, Criteria())
        assert list(summary.trusted.values()) == ["a", "b"]
        ((name, (defect,)),) = summary.untrusted.values()
        assert (name, defect.kind, defect.detail) == ("c", "duplicate", "of a")
        assert (summary.twin_statements(), summary.twin_tests()) == ([["a", "c"]], [["a", "b", "c"]])


def test_the_summary_adds_up() -> None:
    """Figures of a set are sums over its problems; one that failed through our fault is in none of them."""
    problems = [make_problem("a"), make_problem("b", statement="b", reference=CRASH)]
    audits = [*audits_of(problems, scripted()), ProblemAudit("c", 2, error="no box")]
    summary = summarize(audits, Criteria())
    data = summary.as_dict()
    assert (data["problems"], data["trusted"], data["not_audited"]) == (3, 1, 1)
    assert data["right"] == {"run": 2, "accepted": 1}
    assert data["wrong"] == {
        **{"run": 4, "rejected": 4, "rejected_by_private_tests_only": 2},
        **{"with_exact_label": 4, "as_exact_label": 4},
    }
    assert data["tests"] == {
        **{"all": 10, "judged": 10, "idle": 0, "repeated": 0, "leaked": 0},
        "power": [0, 0, 0, 0, 0, 8, 0, 0, 0, 2],
    }
    assert sum(data["headroom"]) == 1
    assert data["defects"] == {"not_audited": 1, "right_rejected": 1}
    assert list(data["defects"]) == [kind for kind in KINDS if kind in data["defects"]]
    json.dumps(data)


def test_a_test_that_not_all_were_run_on_is_judged_but_never_idle() -> None:
    """Of a program that was given up it is not known what a later test would have said of it."""
    ran = [ProgramAudit(f"p{n}", "rejected", "python", "x", "public", verdicts, 0.0) for n, verdicts in enumerate(ROWS)]
    audit = ProblemAudit("a", 0, public_tests=1, private_tests=3, programs=tuple(ran))
    assert audit.power() == ((2, 2), (0, 2), (0, 1), (1, 1))
    assert audit.idle() == (1,)
    summary = summarize([audit], Criteria())
    assert (summary.judged_tests, summary.idle_tests, summary.all_idle) == (4, 1, 0)
    assert summary.power == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]


def test_an_empty_audit_has_figures_and_a_page(tmp_path: Path) -> None:
    """No problem at all divides nothing by nothing, in words or in the drawing."""
    summary = summarize([], Criteria())
    assert dict(figures(summary))["right programs accepted"] == "0 of 0"
    assert markdown(summary, Criteria(), ABOUT).startswith("# Audit of")
    if can_plot():
        plot(summary, "", tmp_path / "report.svg")


def test_no_text_of_a_data_set_breaks_the_page() -> None:
    """Ids, labels, reasons and names with bars, backquotes, line ends and surrogates stay in their cells."""
    odd = "x|`\n\r\u2028\ud800|" + "y" * 1000
    audit = ProblemAudit(odd, 0, broken=odd)
    summary = summarize([audit], Criteria())
    page = markdown(summary, Criteria(), ABOUT, [LeftOut(odd, 3, "", odd, odd, odd)])
    page.encode()
    rows = [line for line in page.splitlines() if "yyy" in line]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [3, 2]
    assert all(len(row) < 1000 for row in rows)


@pytest.mark.skipif(not can_plot(), reason="matplotlib is not installed")
def test_any_text_can_be_drawn(tmp_path: Path) -> None:
    """Dollar signs and other odd characters in labels and the title are no formulas."""
    audit = measure(make_problem(), scripted())
    program = audit.programs[0]
    odd = dataclasses.replace(program, label="$x_$ \\frac{")
    summary = summarize([dataclasses.replace(audit, programs=(program, odd))], Criteria())
    plot(summary, "$\\bad{$ set", tmp_path / "report.svg")
    assert (tmp_path / "report.svg").read_text().startswith("<?xml")


def test_without_matplotlib_there_is_no_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is there is found out without importing it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not can_plot()


def test_records_survive_json() -> None:
    """What is read is what was written, and no text of a test or program is in it."""
    problem = make_problem(private_tests=(TestCase("314159\n", "628318\n"),), statement="\ud800 \u2028|")
    audit = dataclasses.replace(measure(problem, scripted()), not_run=(("java", 3),), broken="\x00\ud800\n")
    line = audit.to_json()
    assert "\n" not in line
    assert line.isascii()
    assert ProblemAudit.from_json(line) == audit
    assert "314159" not in line
    assert "print" not in line


GOOD = json.loads(
    ProblemAudit("a", 0, programs=(ProgramAudit("p", "accepted", "python", "accepted", "", "", 0),)).to_json()
)


@pytest.mark.parametrize(
    "change",
    [
        *({"format": 2}, {"place": "0"}, {"place": True}, {"place": None}, {"cheats": "x"}, {"cheats": [1]}, {"no": 1}),
        *({"programs": [{}]}, {"programs": [[]]}, {"programs": {}}, {"not_run": [["java"]]}, {"private_tests": 1}),
        *({"disputed": [0.5]}, {"cpu_s": "1"}, {"problem_id": ["a"]}),
    ],
)
def test_a_spoilt_record_is_refused(change: dict[str, Any]) -> None:
    """Unknown, missing and mistyped fields are a UsageError."""
    assert ProblemAudit.from_json(json.dumps(GOOD))
    with pytest.raises(UsageError, match="expected the record of an audit"):
        ProblemAudit.from_json(json.dumps({**GOOD, **change}))


def test_the_page_of_the_criteria_is_up_to_date() -> None:
    """docs/audit.md has each criterion with its usual threshold, and no other, and each letter of the matrix."""
    page = (Path(__file__).parents[1] / "docs" / "audit.md").read_text()
    table = page.partition("## Criteria")[2].partition("## Files")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", table, re.MULTILINE))
    assert {name: float(number) for name, number in rows.items()} == dataclasses.asdict(Criteria())
    assert all(f"`{letter}`" in page for letter in LETTERS.values())


def test_statements_and_tests_are_the_same_after_normalisation() -> None:
    """Case, punctuation, form of characters and order of tests make no difference; words and tests do."""
    assert statement_key("Print n, twice.\n") == statement_key("  PRINT\tn twice") != statement_key("Print m twice")
    assert statement_key("ﬁnd ²") == statement_key("find 2")
    assert statement_key(" .\n") == ""
    one, two = TestCase("1\n", "2\n"), TestCase("2\n", "4\n")
    problem = make_problem()
    assert (
        key_of_tests(problem, (one, two))
        == key_of_tests(problem, (TestCase("2", "4"), one))
        != key_of_tests(problem, (one,))
    )
    assert key_of_tests(problem, ()) == ""
