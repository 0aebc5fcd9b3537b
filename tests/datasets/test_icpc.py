"""codegym.datasets.icpc: a package means what its format says, or is refused with a clear word."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yaml import safe_dump as dump

from codegym import CodeRepairEnv, Problem, Sandbox, judge
from codegym.datasets.icpc import load
from codegym.errors import ProblemError
from codegym.problem import Checker, Limits, TestCase
from tests.datasets.builders import ICPC, MODERN, Files, write

SHARED = Path(os.environ.get("CODEGYM_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "packages"
SAME = {name: text for name, text in ICPC.items() if not name.startswith("submissions/")}
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no real packages at {SHARED}")


def one(folder: Path, files: Files, **options: Any) -> Problem:
    """The only problem of a package of these files."""
    (problem,) = load(write(folder / "twice", files), **options)
    return problem


def refused(folder: Path, files: Files) -> str:
    """Why a package of these files is refused."""
    with pytest.raises(ProblemError) as caught:
        load(write(folder / "twice", files))
    message = str(caught.value)
    assert message.startswith(str(folder / "twice"))
    assert ", got " in message
    assert "\n" not in message
    return message


def test_legacy_package_is_read_exactly(tmp_path: Path) -> None:
    """Every part of a legacy package arrives where it belongs, units changed."""
    problem = one(tmp_path, ICPC)
    assert (problem.id, problem.title, problem.kind, problem.tags) == ("twice", "Twice", "stdin", ("numbers", "easy"))
    assert problem.statement == "## Input\n\nA number $n$, at most 50%.\n"
    assert problem.public_tests == (TestCase("1\n", "2\n"),)
    assert problem.private_tests == (TestCase("5\n", "10\n"), TestCase("-7\n", "-14\n"))
    assert problem.native_limits == Limits(2.0, memory_bytes=64 << 20, output_bytes=2 << 20)
    assert problem.limits == Limits(10.0, memory_bytes=64 << 20, output_bytes=2 << 20)
    assert problem.checker == Checker("icpc")
    assert problem.reference == ICPC["submissions/accepted/right.py"]
    assert [(p.name, p.label, p.language) for p in problem.programs] == [
        ("wrong_answer/square.cpp", "wrong_answer", "cpp")
    ]
    assert problem.source == str(tmp_path / "twice")


def test_modern_package_is_read_exactly(tmp_path: Path) -> None:
    """In the format of 2023-07 the time limit is the package's, and name and statement are the English ones."""
    problem = one(tmp_path, MODERN)
    assert (problem.title, problem.statement, problem.tags) == ("Twice", "Print twice a *number*.\n", ("numbers",))
    assert problem.native_limits == Limits(1.5, memory_bytes=256 << 20, output_bytes=8 << 20)
    assert problem.limits.cpu_s == 7.5
    assert (problem.reference, problem.programs) == (None, ())


def test_options_change_the_limits_and_nothing_else(tmp_path: Path) -> None:
    """`time_limit` replaces what the package says, `time_factor` is Python's share of it."""
    problem = one(tmp_path, MODERN, time_limit=3, time_factor=2)
    assert problem.native_limits is not None
    assert (problem.native_limits.cpu_s, problem.limits.cpu_s) == (3, 6)
    assert problem.private_tests == one(tmp_path, MODERN).private_tests


@pytest.mark.parametrize(
    ("name", "text"),
    [(".timelimit", "4\n"), ("domjudge-problem.ini", "short-name = 'x'\ntimelimit = '4'\n")],
    ids=["dot-file", "domjudge"],
)
def test_a_time_limit_beside_the_package_is_taken(tmp_path: Path, name: str, text: str) -> None:
    """Legacy packages keep their time limit in files of other tools, if anywhere."""
    problem = one(tmp_path, {**ICPC, name: text})
    assert problem.native_limits is not None
    assert problem.native_limits.cpu_s == 4


@pytest.mark.parametrize(
    ("flags", "checker"),
    [
        ("", Checker("icpc")),
        ("case_sensitive", Checker("icpc", flags=("case_sensitive",))),
        ("float_tolerance 1e-4", Checker("icpc", abs_tol=1e-4, rel_tol=1e-4, flags=("floats",))),
        ("float_absolute_tolerance 0.5", Checker("icpc", abs_tol=0.5, flags=("floats",))),
        (
            "float_relative_tolerance 1e-6 space_change_sensitive case_sensitive",
            Checker("icpc", rel_tol=1e-6, flags=("space_change_sensitive", "case_sensitive", "floats")),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_flags_of_the_default_comparison(tmp_path: Path, flags: str, checker: Checker) -> None:
    """Flags mean the same in problem.yaml, in a group's settings, and in the modern format's."""
    yaml = f"{ICPC['problem.yaml']!s}validator_flags: {flags}\n"
    assert one(tmp_path / "1", {**ICPC, "problem.yaml": yaml}).checker == checker
    grouped = {**ICPC, "data/testdata.yaml": f"on_reject: break\noutput_validator_flags: {flags}\n"}
    assert one(tmp_path / "2", grouped).checker == checker
    modern = {**MODERN, "data/test_group.yaml": f"output_validator_args: [{', '.join(flags.split())}]\n"}
    assert one(tmp_path / "3", modern).checker == checker


def test_groups_are_walked_in_order(tmp_path: Path) -> None:
    """Cases of groups within groups are all there, in the order of their names, and other folders' are not."""
    more = {
        f"data/{name}{end}": f"{name}\n"
        for name in ("secret/b/2/x", "secret/b/1", "secret/a/9", "secret/10", "invalid_input/1", "sample/g/7")
        for end in (".in", ".ans")
    }
    more |= {f"data/sample/1{end}": "shown\n" for end in (".in.statement", ".ans.statement", ".out", ".in.download")}
    problem = one(tmp_path, {**ICPC, **more, "data/secret/b/testdata.yaml": "grading: default\n"})
    inputs = [test.input.strip() for test in problem.private_tests]
    assert inputs == ["5", "secret/10", "-7", "secret/a/9", "secret/b/1", "secret/b/2/x"]
    assert [test.input for test in problem.public_tests] == ["1\n", "sample/g/7\n"]


def test_files_of_a_test_come_with_it(tmp_path: Path) -> None:
    """What lies in a test's folder `.files` is given to the program, and to that test alone."""
    problem = one(tmp_path, {**MODERN, "data/secret/1.files/b.txt": "x\r\ny\n", "data/secret/1.files/a.txt": ""})
    assert problem.private_tests[0] == TestCase("5\n", "10\n", (("a.txt", ""), ("b.txt", "x\ny\n")))
    assert problem.private_tests[1].files == ()


def test_without_samples_a_secret_test_is_shown_but_never_the_last(tmp_path: Path) -> None:
    """Where there is no sample the first secret test is public, as many as asked for, and one stays private."""
    files = {name: text for name, text in ICPC.items() if "sample" not in name}
    for examples, public in ((1, 1), (0, 0), (9, 1)):
        problem = one(tmp_path, files, examples=examples)
        assert (len(problem.public_tests), len(problem.private_tests)) == (public, 2 - public)


def test_texts_lose_marks_and_carriage_returns(tmp_path: Path) -> None:
    """A byte order mark and the line ends of another system change nothing."""
    foreign = {name: b"\xef\xbb\xbf" + str(text).replace("\n", "\r\n").encode() for name, text in ICPC.items()}
    assert one(tmp_path / "a", foreign).private_tests == one(tmp_path / "b", ICPC).private_tests
    assert one(tmp_path / "a", foreign).statement == one(tmp_path / "b", ICPC).statement


def test_null_and_empty_settings_are_absent_ones(tmp_path: Path) -> None:
    """The form with all fields left blank, and settings of nothing but comments, are defaults."""
    blank = "problem_format_version:\nname:\nvalidation:\nvalidator_flags:\nlimits:\n#  memory: 1\nkeywords:\ntype:\n"
    problem = one(
        tmp_path, {**ICPC, "problem.yaml": blank, "data/testdata.yaml": "# nothing\n", "data/secret/2.yaml": ""}
    )
    assert (problem.title, problem.tags, problem.checker) == ("Twice", (), Checker("icpc"))
    assert one(tmp_path, {**ICPC, "problem.yaml": "# nothing\n"}).limits.memory_bytes == Limits().memory_bytes


SCORED = "a scored or graded one"
REFUSED: list[tuple[str, Files, str]] = [
    ("scoring", {"problem.yaml": "type: scoring"}, "scoring"),
    ("multi-pass", {"problem.yaml": "problem_format_version: 2023-07\ntype: [multi-pass]"}, "multi-pass"),
    ("submit-answer", {"problem.yaml": "problem_format_version: 2025-09\ntype: submit-answer"}, "submit-answer"),
    ("custom-score", {"problem.yaml": "validation: custom score"}, "score"),
    ("type-of-numbers", {"problem.yaml": "type: [1, {}]"}, "type"),
    ("version", {"problem.yaml": "problem_format_version: 2019-01"}, "2019-01"),
    ("no-validator", {"problem.yaml": "validation: custom"}, "output_validators"),
    ("range", {"data/secret/testdata.yaml": "range: 0 10"}, SCORED),
    ("accept-score", {"data/secret/g/test_group.yaml": "accept_score: 3", "data/secret/g/1.in": ""}, SCORED),
    ("grading", {"data/testdata.yaml": "grading: custom"}, SCORED),
    ("grader-flags", {"data/testdata.yaml": "grader_flags: accept_if_any_accepted"}, "accept_if_any_accepted"),
    ("scoring-map", {"data/secret/test_group.yaml": "scoring: {score: 3}"}, SCORED),
    ("static", {"data/secret/test_group.yaml": "static_validation: true"}, "static"),
    ("args-file", {"data/secret/1.args": "a b\n"}, "command-line arguments"),
    ("args-case", {"data/secret/1.yaml": "args: [a]"}, "command-line arguments"),
    ("args-group", {"data/test_group.yaml": "args: [a]"}, "command-line arguments"),
    ("nested-files", {"data/secret/1.files/a/b": "x"}, "folders"),
    ("binary-files", {"data/secret/1.files/b": b"\xff\xfe"}, "UTF-8"),
    ("flags-differ", {"data/sample/testdata.yaml": "output_validator_flags: case_sensitive"}, "for every test"),
    ("flags-unknown", {"problem.yaml": "validator_flags: case_insensitive"}, "case_insensitive"),
    ("flags-cut", {"problem.yaml": "validator_flags: float_tolerance"}, "tolerance"),
    ("flags-nan", {"problem.yaml": "validator_flags: float_tolerance nan"}, "tolerance"),
    ("flags-list", {"problem.yaml": "validator_flags: [[1]]"}, "arguments"),
    ("no-answer", {"data/secret/3.in": ""}, "3.in"),
    ("no-input", {"data/secret/3.ans": ""}, "3.ans"),
    ("include", {"include/python3/lib.py": ""}, "include/python3"),
    ("memory", {"problem.yaml": "limits: {memory: -1}"}, "limits.memory"),
    ("memory-text", {"problem.yaml": "limits: {memory: lots}"}, "limits.memory"),
    ("memory-tiny", {"problem.yaml": "limits: {memory: 1}"}, "memory_bytes"),
    ("memory-bool", {"problem.yaml": "limits: {memory: yes}"}, "limits.memory"),
    ("time", {"problem.yaml": "limits: {time_limit: .nan}"}, "limits.time_limit"),
    ("limits-list", {"problem.yaml": "limits: [1]"}, "limits"),
    ("pdf", {"problem_statement/problem.en.tex": b"\xff"}, "UTF-8"),
    ("alias", {"problem.yaml": "name: &a [x]\nsource: [*a, *a]"}, "alias"),
    ("tag", {"problem.yaml": "name: !!python/object/apply:os.getcwd []"}, "tag"),
    ("deep", {"problem.yaml": "name: " + "[" * 5000}, "problem.yaml"),
    ("twice", {"problem.yaml": "name: a\nname: b"}, "twice"),
    ("settings-list", {"data/testdata.yaml": "- 1"}, "testdata.yaml"),
    ("binary-yaml", {"problem.yaml": b"\x00\x01\xff"}, "problem.yaml"),
]


@pytest.mark.parametrize(("change", "word"), [(c, w) for _, c, w in REFUSED], ids=[name for name, _, _ in REFUSED])
def test_what_cannot_be_judged_right_is_refused(tmp_path: Path, change: Files, word: str) -> None:
    """Each package that wants more than there is, or is malformed, is refused in a sentence that says where."""
    assert one(tmp_path / "sound", ICPC)
    assert word in refused(tmp_path / "bad", {**ICPC, **change})


FIELDS = ("type", "name", "validation", "validator_flags", "limits", "keywords", "constants", "problem_format_version")
SETTINGS = ("output_validator_flags", "output_validator_args", "args", "grading", "grader_flags", "scoring", "hint")
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["", "pass-fail", "custom", "x y"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["en", "a", ""]), inner)),
    max_leaves=4,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    yaml=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3),
    group=st.dictionaries(st.sampled_from(SETTINGS), VALUES, max_size=2),
    rules=st.dictionaries(st.sampled_from(["accepted", "*/*.py", "{a,b}", "wrong_answer/s*"]), VALUES, max_size=2),
)
def test_fields_of_any_type_are_read_or_refused(tmp_path: Path, yaml: object, group: object, rules: object) -> None:
    """Whatever type a field has, the answer is a problem or a ProblemError in one sentence."""
    texts = {
        "problem.yaml": dump(yaml),
        "data/secret/testdata.yaml": dump(group),
        "submissions/submissions.yaml": dump(rules),
    }
    message = ""
    try:
        load(write(tmp_path / "twice", {**ICPC, **texts}))
    except ProblemError as error:
        message = str(error)
    assert "\n" not in message


def test_a_package_without_secret_tests_or_statement_is_refused(tmp_path: Path) -> None:
    """No private test means no verdict; no statement in words means no task."""
    no_tests = {name: text for name, text in ICPC.items() if "secret" not in name}
    assert "private test" in refused(tmp_path / "a", no_tests)
    only_pdf = {name: text for name, text in ICPC.items() if "statement" not in name}
    assert "problem.en.md" in refused(tmp_path / "b", {**only_pdf, "problem_statement/problem.en.pdf": b"%PDF"})


@pytest.mark.parametrize(
    ("files", "title", "text"),
    [
        ({"problem.sv.tex": "svenska", "problem.en.tex": "english"}, "Twice", "english\n"),
        ({"problem.sv.tex": "svenska", "problem.tex": "plain"}, "Twice", "plain\n"),
        ({"problem.en.tex": "tex", "problem.en.md": "md"}, "Twice", "md\n"),
        ({"problem.pt-BR.md": "oi", "problem.sv.md": "hej"}, "Twice", "oi\n"),
        ({"problem.en-GB.md": "colour", "problem.de.md": "Farbe"}, "Twice", "colour\n"),
    ],
    ids=["english", "no-language", "markdown", "first", "british"],
)
def test_the_english_statement_is_preferred(tmp_path: Path, files: Files, title: str, text: str) -> None:
    """English first, then the first language there is; Markdown before TeX."""
    plain = {name: value for name, value in ICPC.items() if "statement" not in name}
    problem = one(tmp_path, {**plain, **{f"problem_statement/{name}": value for name, value in files.items()}})
    assert (problem.title, problem.statement) == (title, text)


def test_constants_are_put_in(tmp_path: Path) -> None:
    """The modern format's constants stand for their values in statement, title and submissions; others stay."""
    yaml = str(MODERN["problem.yaml"]).replace("Twice", "'{{k}} times'") + "constants: {k: 2}\n"
    files = {
        **MODERN,
        "problem.yaml": yaml,
        "statement/problem.en.md": "{{k}} of {{other}}",
        "submissions/accepted/a.py": "print(int(input()) * {{k}})",
    }
    problem = one(tmp_path, files)
    assert (problem.title, problem.statement) == ("2 times", "2 of {{other}}\n")
    assert problem.reference == "print(int(input()) * 2)"


VALIDATOR = {
    "problem.yaml": "validation: custom\nvalidator_flags: fast 3\n",
    "output_validators/check/validate.cc": '#include <string>\n#include "math.h"\n#include "validate.h"\n',
    "output_validators/check/validate.h": "// help\n",
    "output_validators/check/README": "words\n",
}


def test_a_validator_comes_with_its_headers_and_flags(tmp_path: Path) -> None:
    """Main file, further files, language, protocol and arguments are what the judge gets."""
    checker = one(tmp_path, {**ICPC, **VALIDATOR}).checker
    assert checker == Checker(
        "validator",
        source=VALIDATOR["output_validators/check/validate.cc"],
        language="cpp",
        protocol="kattis",
        flags=("fast", "3"),
        files=(("validate.h", "// help\n"),),
    )


def test_an_interactor_and_its_sample(tmp_path: Path) -> None:
    """An interactive problem gets an interactor, and its statement shows the sample conversation."""
    interactive = {"output_validators/v.py": "import sys\n", "data/sample/1.interaction": ">1\n<2\n"}
    problem = one(tmp_path / "1", {**ICPC, **interactive, "problem.yaml": "validation: custom interactive\n"})
    assert (problem.checker.type, problem.checker.language, problem.checker.source) == (
        "interactor",
        "python",
        "import sys\n",
    )
    assert "```\n>1\n<2\n```" in problem.statement
    modern = {
        **MODERN,
        "problem.yaml": str(MODERN["problem.yaml"]).replace("pass-fail", "[pass-fail, interactive]"),
        "output_validator/__main__.py": "import help\n",
        "output_validator/help.py": "x = 1\n",
    }
    nested = {name.replace("output_validator/", "output_validator/inner/"): text for name, text in modern.items()}
    assert one(tmp_path / "3", nested).checker == one(tmp_path / "2", modern).checker
    checker = one(tmp_path / "2", modern).checker
    assert (checker.type, checker.source, checker.files) == ("interactor", "import help\n", (("help.py", "x = 1\n"),))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"output_validators/other.py": ""}, "got 2"),
        ({"output_validators/check/build": "make"}, "build"),
        ({"output_validators/check/second.cc": ""}, "2 source files"),
        ({"output_validators/check/second.py": ""}, "cpp, python"),
        ({"output_validators/check/validate.cc": '#include "gone.h"\n'}, "gone.h"),
    ],
    ids=["several", "script", "sources", "languages", "header"],
)
def test_validators_that_cannot_be_built_are_refused(tmp_path: Path, change: Files, word: str) -> None:
    """Several programs, languages or source files, build scripts and missing headers are refused by name."""
    assert word in refused(tmp_path, {**ICPC, **VALIDATOR, **change})
    java = {**ICPC, "problem.yaml": "validation: custom", "output_validators/V.java": ""}
    assert "java" in refused(tmp_path / "java", java)


def test_submissions_get_their_label_and_language(tmp_path: Path) -> None:
    """Labels are the project's verdicts; the source's own word counts more than its folder."""
    files = {
        "accepted/b.cc": "",
        "accepted/old.py": "#!/usr/bin/env python2\nprint 1\n",
        "accepted/J.java": "",
        "accepted/folder/only.py": "print(1)\n",
        "rejected/a.py": "",
        "run_time_error/a.py": "",
        "time_limit_exceeded/a.rs": "",
        "mixed/a.py": "# @EXPECTED_RESULTS@: TIMELIMIT\n",
        "accepted/liar.py": "# @EXPECTED_RESULTS@: WRONG-ANSWER, NO-OUTPUT\n",
    }
    problem = one(tmp_path, {**SAME, **{f"submissions/{name}": text for name, text in files.items()}})
    assert problem.reference == "print(1)\n"
    assert {p.name: (p.label, p.language) for p in problem.programs} == {
        "accepted/b.cc": ("accepted", "cpp"),
        "accepted/old.py": ("accepted", "python2"),
        "accepted/J.java": ("accepted", "java"),
        "rejected/a.py": ("rejected", "python"),
        "run_time_error/a.py": ("runtime_error", "python"),
        "time_limit_exceeded/a.rs": ("time_limit_exceeded", "rust"),
        "mixed/a.py": ("time_limit_exceeded", "python"),
        "accepted/liar.py": ("wrong_answer", "python"),
    }


def test_submissions_without_one_label_file_or_language_are_left_out(tmp_path: Path) -> None:
    """Each is named with its reason; the problem stays."""
    files: dict[str, str | bytes] = {
        "partially_accepted/a.py": "",
        "accepted/both.py": "# @EXPECTED_RESULTS@: CORRECT, TIMELIMIT\n",
        "accepted/two/a.py": "",
        "accepted/two/b.py": "",
        "accepted/notes": "",
        "accepted/empty/README.txt": "",
        "accepted/latin.cpp": b"// \xe9\n",
    }
    found = load(write(tmp_path / "p", {**ICPC, **{f"submissions/{name}": text for name, text in files.items()}}))
    left_out = {entry.source.partition("submissions/")[2]: entry.reason for entry in found.left_out}
    assert left_out == {
        "partially_accepted/a.py": "a submission without a single verdict",
        "accepted/both.py": "a submission without a single verdict",
        "accepted/two": "a submission of several files",
        "accepted/empty": "a submission of several files",
        "accepted/notes": "a submission in an unknown language",
        "accepted/latin.cpp": "not UTF-8",
    }
    assert len(found[0].programs) == 1


def test_rules_for_submissions_are_honoured(tmp_path: Path) -> None:
    """What submissions.yaml requires of a program is its label; where that is no one verdict it is left out."""
    rules = (
        "accepted: {permitted: [AC]}\n"
        "mixed/{slow,slower}.py: {permitted: [AC, TLE], required: [TLE]}\n"
        "mixed/crash*: {required: [RTE, TLE]}\n"
        "wrong_answer/a.py: {authors: Someone}\n"
    )
    names = ("accepted/a.py", "mixed/slow.py", "mixed/slower.py", "mixed/crash.py", "wrong_answer/a.py")
    files = {f"submissions/{name}": f"# {name}\n" for name in names}
    problem = one(tmp_path, {**SAME, **files, "submissions/submissions.yaml": rules})
    assert problem.reference == "# accepted/a.py\n"
    assert {p.name: p.label for p in problem.programs} == {
        "mixed/slow.py": "time_limit_exceeded",
        "mixed/slower.py": "time_limit_exceeded",
        "wrong_answer/a.py": "wrong_answer",
    }


@needs_shared
def test_the_real_package_without_samples(any_sandbox: Sandbox) -> None:
    """`hello` has one secret test, which stays private: an episode is one turn, and the program decides."""
    problem = load(SHARED / "hello")["hello"]
    assert (len(problem.public_tests), len(problem.private_tests), problem.limits.memory_bytes) == (0, 1, 512 << 20)
    assert judge("print('hello WORLD!')", problem, sandbox=any_sandbox).accepted
    assert not judge("print('hello')", problem, sandbox=any_sandbox).accepted
    env = CodeRepairEnv([problem], sandbox=any_sandbox)
    for program, reward in (("print('Hello World!')", 1.0), ("print('Hello')", -1.0)):
        env.reset(seed=0)
        _, got, terminated, _, _ = env.step(program)
        assert (got, terminated) == (reward, True)


@needs_shared
def test_the_real_package_that_wants_a_validator(tmp_path: Path) -> None:
    """`different` is refused as it is, and read whole once its validator is there."""
    with pytest.raises(ProblemError, match="output_validators"):
        load(SHARED / "different")
    found = load(SHARED)
    assert (found.ids, [entry.id for entry in found.left_out]) == (("hello",), ["different"])
    files = {
        str(path.relative_to(SHARED / "different")): path.read_bytes()
        for path in (SHARED / "different").rglob("*")
        if path.is_file()
    }
    problem = one(tmp_path, {**files, "output_validators/v.py": "raise SystemExit(42)\n"})
    assert (len(problem.public_tests), len(problem.private_tests)) == (1, 2)
    assert (problem.title, problem.checker.type) == ("A Different Problem", "validator")
    assert "between $0$ and $10^{15}$ (inclusive)" in problem.statement
