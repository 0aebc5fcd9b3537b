"""codegym.datasets.polygon: a package means what Polygon means, or is refused with a clear word."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegym import Problem
from codegym.checker import mismatch
from codegym.datasets.polygon import load
from codegym.datasets.testlib import same_comparison
from codegym.datasets.xml_reader import parse_xml
from codegym.errors import ProblemError
from codegym.problem import Checker, Limits, TestCase
from tests.datasets.builders import POLYGON, POLYGON_XML, Files, write


def one(folder: Path, files: Files, **options: Any) -> Problem:
    (problem,) = load(write(folder / "p", files), **options)
    return problem


def changed(old: str, new: str) -> dict[str, str | bytes]:
    """The sound package with a change in its problem.xml."""
    assert old in POLYGON_XML
    return {**POLYGON, "problem.xml": POLYGON_XML.replace(old, new)}


def refused(folder: Path, files: Files) -> str:
    with pytest.raises(ProblemError) as caught:
        load(write(folder / "p", files))
    message = str(caught.value)
    assert message.startswith(str(folder / "p"))
    assert ", got " in message
    assert "\n" not in message
    return message


def test_package_is_read_exactly(tmp_path: Path) -> None:
    """Every part arrives where it belongs, milliseconds as seconds."""
    problem = one(tmp_path, POLYGON)
    assert (problem.id, problem.title, problem.tags) == ("twice", "Twice a number", ("math",))
    assert problem.statement == "Print twice $n$.\n\n## Input\n\nA number.\n"
    assert problem.public_tests == (TestCase("1\n", "2\n"),)
    assert problem.private_tests == (TestCase("5\n", "10\n"), TestCase("-7\n", "-14\n"))
    assert problem.native_limits == Limits(1.5, memory_bytes=64 << 20)
    assert problem.limits == Limits(7.5, memory_bytes=64 << 20)
    assert problem.checker == Checker("icpc", flags=("case_sensitive",))
    assert problem.reference == POLYGON["solutions/right.py"]
    assert [(p.name, p.label, p.language) for p in problem.programs] == [
        ("main.cpp", "accepted", "cpp"),
        ("wrong.py", "wrong_answer", "python"),
    ]


@pytest.mark.parametrize(
    ("kind", "language"),
    [
        ("python.3", "python"),
        ("python.pypy3-64", "python"),
        ("python.2", "python2"),
        ("python.pypy2", "python2"),
        ("cpp.gcc14-64-msys2-g++23", "cpp"),
        ("c.gcc", "c"),
        ("java11", "java"),
        ("kotlin.1", "kotlin"),
        ("", "unknown"),
    ],
)
def test_languages_by_compiler(tmp_path: Path, kind: str, language: str) -> None:
    """Polygon names compilers; what counts is the language."""
    problem = one(tmp_path, changed('wrong.py" type="python.3"', f'wrong.py" type="{kind}"'))
    assert {p.name: p.language for p in problem.programs}["wrong.py"] == language


def test_solutions_without_one_verdict_are_left_out(tmp_path: Path) -> None:
    """A tag of two verdicts, and a missing file, are named with their reasons."""
    files = {**changed("solutions/wrong.py", "solutions/gone.py"), "solutions/main.cpp": b"// \xcf\xf0\n"}
    found = load(write(tmp_path, files))
    assert {entry.source.rpartition("/")[2]: entry.reason for entry in found.left_out} == {
        "slow.py": "a submission without a single verdict",
        "gone.py": "a solution that is missing",
        "main.cpp": "not UTF-8",
    }


def test_an_input_file_is_a_file_of_the_test(tmp_path: Path) -> None:
    """Where a program reads a file by name, it finds it, and its standard input is empty."""
    problem = one(tmp_path, changed('input-file=""', 'input-file="in.txt"'))
    assert problem.public_tests == (TestCase("", "2\n", (("in.txt", "1\n"),)),)
    assert one(tmp_path / "std", changed('input-file=""', 'input-file="stdin"')).public_tests[0].files == ()


@pytest.mark.parametrize(
    ("name", "answers", "good", "bad"),
    [
        ("wcmp", ["Yes 1\n", "b"], "Yes   1", "yes 1"),
        ("ncmp", ["1 -2\n", "0"], "1\n-2", "1 -3"),
        ("hcmp", ["123456789012345678901234567890"] * 2, "123456789012345678901234567890 ", "1"),
        ("yesno", ["YES", "No"], "yes", "no"),
        ("nyesno", ["YES NO", "yes"], "yes\nno", "yes yes"),
        ("uncmp", ["1 2 2", "3"], "2 1 2", "1 1 2"),
        ("rcmp6", ["1.0 2", "3"], "1.0000009 2.0000001", "1.1 2"),
        ("rcmp9", ["1e9 5", "3"], "1000000000.5 5", "1000000002 5"),
        ("rcmp4", ["0.5", "3"], ".50009", ".5002"),
    ],
)
def test_standard_checkers_with_an_exact_counterpart(
    tmp_path: Path, name: str, answers: list[str], good: str, bad: str
) -> None:
    """Where one of codegym's comparisons gives the same verdicts, it is used; no program need be run."""
    files = {**changed("ncmp", name), "tests/01.a": answers[0], "tests/02.a": answers[1], "tests/03.a": answers[1]}
    checker = one(tmp_path, files).checker
    assert checker.source == ""
    assert mismatch(checker, answers[0], good) == ""
    assert mismatch(checker, answers[0], bad) != ""


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("std::lcmp.cpp", "a"),
        ("std::fcmp.cpp", "a"),
        ("std::rcmp.cpp", "1"),
        ("std::ncmp.cpp", "1 x"),
        ("std::ncmp.cpp", "007"),
        ("std::hcmp.cpp", "1 2"),
        ("std::yesno.cpp", "maybe"),
        ("std::uncmp.cpp", "+1"),
        ("std::rcmp9.cpp", "nan"),
        ("my checker", "1"),
    ],
)
def test_other_checkers_are_run_from_their_source(tmp_path: Path, name: str, answer: str) -> None:
    """Without an exact counterpart, or with answers of another form, the package's own program decides."""
    checker = one(tmp_path, {**changed("std::ncmp.cpp", name), "tests/01.a": answer}).checker
    assert checker == Checker(
        "validator",
        source=str(POLYGON["files/check.cpp"]),
        language="cpp",
        protocol="testlib",
        files=(("testlib.h", "// a library\n"),),
    )


def test_headers_of_headers_come_along(tmp_path: Path) -> None:
    """All that the checker includes, directly or not, is among its files."""
    files = changed("std::ncmp.cpp", "own")
    files |= {
        "files/check.cpp": '#include "a.h"\n#include "bits/stdc++.h"\n#include "vector"\n',
        "files/a.h": '  # include "testlib.h"\n#include "a.h"\n',
    }
    checker = one(tmp_path, files).checker
    assert dict(checker.files) == {"a.h": files["files/a.h"], "testlib.h": "// a library\n"}


def test_an_interactor_goes_before_the_checker(tmp_path: Path) -> None:
    """A package with an interactor is an interactive problem; its checker judges what the interactor writes."""
    interactor = '<interactor><source path="files/talk.cpp" type="cpp.g++17"/></interactor>\n    <solutions>'
    files = changed("<solutions>", interactor)
    checker = one(tmp_path, {**files, "files/talk.cpp": '#include "testlib.h"\n'}).checker
    assert (checker.type, checker.protocol, checker.source) == ("interactor", "testlib", '#include "testlib.h"\n')
    assert checker.after == same_comparison("std::ncmp.cpp", lambda: ["2"])
    own = {name: text.replace("std::ncmp.cpp", "own") for name, text in files.items() if isinstance(text, str)}
    after = one(tmp_path / "own", {**own, "files/talk.cpp": '#include "testlib.h"\n'}).checker.after
    assert after is not None
    assert (after.type, after.protocol) == ("validator", "testlib")


REFUSED = [
    ("run-count", changed('input-file=""', 'run-count="2" input-file=""'), "one run"),
    ("output-file", changed('output-file=""', 'output-file="out.txt"'), "out.txt"),
    ("input-path", changed('input-file=""', 'input-file="../in"'), "plain name"),
    ("points", changed('method="manual" sample="true"', 'method="manual" points="5.0"'), "points"),
    ("groups", changed("</tests>", '</tests><groups><group name="1" points-policy="each-test"/></groups>'), "points"),
    ("generated", {k: v for k, v in POLYGON.items() if k != "tests/02"}, "generator"),
    ("answer", {k: v for k, v in POLYGON.items() if k != "tests/03.a"}, "test 3"),
    ("count", changed("<test-count>3", "<test-count>4"), "test-count"),
    ("count-text", changed("<test-count>3", "<test-count>x"), "whole number"),
    ("count-huge", changed("<test-count>3", "<test-count>99999999"), "whole number"),
    ("pattern", changed("tests/%02d<", "tests/%s<"), "pattern"),
    ("pattern-out", changed("tests/%02d<", "../%02d<"), "file of test 1"),
    ("pattern-bomb", changed("tests/%02d<", "%999999999d<"), "pattern"),
    ("limit", changed("67108864", "1"), "memory_bytes"),
    ("limit-text", changed("1500", "fast"), "whole number"),
    ("no-judging", changed("judging", "other"), "judging"),
    ("no-testset", changed("testset", "other"), "testset"),
    ("no-checker", changed("checker", "other"), "checker"),
    ("checker-language", changed('"std::ncmp.cpp" type="testlib"><source path="files/check.cpp" type="cpp.g++17"',
                                 '"own" type="testlib"><source path="files/check.cpp" type="java.8"'), "java"),
    ("checker-kind", changed('"std::ncmp.cpp" type="testlib"', '"own" type="other"'), "other"),
    ("quitp", {**changed("std::ncmp.cpp", "own"), "files/check.cpp": "int main() { quitp(0.5); }"}, "points"),
    ("no-testlib", {k: v for k, v in changed("std::", "my::").items() if k != "files/testlib.h"}, "testlib.h"),
    ("no-statement", {k: v for k, v in POLYGON.items() if "statements" not in k}, "statement-sections"),
    ("json", {**POLYGON, "statements/english/problem-properties.json": "{" * 9000}, "JSON"),
    ("json-deep", {**POLYGON, "statements/english/problem-properties.json": "[" * 90000}, "JSON"),
    ("json-bytes", {**POLYGON, "statements/english/problem-properties.json": b"\xff"}, "UTF-8"),
    ("not-xml", {**POLYGON, "problem.xml": "name: x"}, "XML"),
    ("entities", changed("<problem ", '<!DOCTYPE p [<!ENTITY a "a"><!ENTITY b "&a;">]>\n<problem '), "document type"),
    ("external", changed("<problem ", '<!DOCTYPE p SYSTEM "file:///etc/passwd">\n<problem '), "document type"),
    ("deep", {**POLYGON, "problem.xml": "<a>" * 100_000}, "within each other"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "word"), [(f, w) for _, f, w in REFUSED], ids=[name for name, _, _ in REFUSED])
def test_what_cannot_be_judged_right_is_refused(tmp_path: Path, files: Files, word: str) -> None:
    """Each package that wants more than there is, or is malformed, is refused in a sentence that says where."""
    assert word in refused(tmp_path, files)


def test_sections_in_tex_are_a_statement_too(tmp_path: Path) -> None:
    """Older packages have the parts of the statement as TeX files."""
    files = {k: v for k, v in POLYGON.items() if "statements" not in k}
    files |= {
        "statement-sections/english/legend.tex": "\\textbf{Double} it.",
        "statement-sections/english/notes.tex": "So.",
    }
    assert one(tmp_path, files).statement == "**Double** it.\n\n## Notes\n\nSo.\n"


def test_a_files_name_with_a_line_break_is_refused_in_one_line(tmp_path: Path) -> None:
    """The pattern of the tests' names comes from the package."""
    files = changed("<input-path-pattern>", "<input-path-pattern>!\n")
    assert "!\\ntests/01" in refused(tmp_path, files)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.integers(0, len(POLYGON_XML) - 1), change=st.binary(max_size=6))
def test_damaged_xml_is_refused_in_one_sentence(tmp_path: Path, at: int, change: bytes) -> None:
    """Whatever bytes change in problem.xml, the answer is a problem or a ProblemError."""
    data = POLYGON_XML.encode()
    message = ""
    try:
        load(write(tmp_path, {**POLYGON, "problem.xml": data[:at] + change + data[at + max(1, len(change)) :]}))
    except ProblemError as error:
        message = str(error)
    assert "\n" not in message


def test_parsed_xml_is_the_document() -> None:
    """Elements, attributes and text arrive in order, predefined entities among them."""
    root = parse_xml(b'<a x="1 &amp; 2">t<b/>u<b y="3">v</b></a>')
    assert (root.tag, root.get("x"), root.text, [b.text for b in root]) == ("a", "1 & 2", "t", [None, "v"])
