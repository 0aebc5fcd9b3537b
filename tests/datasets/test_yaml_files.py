"""codegym.datasets.yaml_files: a problem file is read exactly, or refused in one sentence; nothing in it is run."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegym.datasets.yaml_files import load_file, load_folder
from codegym.errors import ProblemError
from codegym.locations import problems_folder
from codegym.problem import Checker, Limits, TestCase
from tests.conftest import SOUND

FUNCTION = """\
id: pairs
title: Pairs
difficulty: hard
tags: []
kind: function
entry_point: pairs
arguments:
  - {name: items, type: "list[tuple[int, str]]"}
  - {name: scale, type: float}
returns: dict[int, set[str]]
statement: Group the words.
checker: {type: value, abs_tol: 0.5, unordered: true}
public_tests:
  - {input: [[[1, a], [1, b]], 2], output: {1: [a, b]}}
private_tests:
  - input: [[], 0.5]
    output: {}
reference: |
  raise SystemExit("this is never run on load")
"""
ONE_SENTENCE = re.compile(r"(?P<file>.+\.yaml):(?P<line>\d+): (field (?P<field>[^\n]+?): )?expected [^\n]+, got [^\n]+")


def load(folder: Path, text: str | bytes) -> Any:
    path = folder / "p.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_file(path)


def complaint(folder: Path, text: str) -> tuple[int, str]:
    """Line and field of the one-sentence complaint about a file."""
    with pytest.raises(ProblemError) as caught:
        load(folder, text)
    message = str(caught.value)
    match = ONE_SENTENCE.fullmatch(message)
    assert match, message[:300]
    assert match["file"] == str(folder / "p.yaml")
    assert len(message) < 500
    return int(match["line"]), match["field"] or ""


def test_sound_file_is_read_exactly(problem_file: Path) -> None:
    """Every field of a stdin problem arrives as it stands in the file, units changed."""
    problem = load_file(problem_file)
    assert (problem.id, problem.title, problem.difficulty, problem.tags) == (
        "double",
        "Twice a number",
        "easy",
        ("numbers",),
    )
    assert problem.limits == Limits(cpu_s=1, memory_bytes=64 << 20)
    assert problem.checker == Checker("lines")
    assert problem.public_tests == (TestCase("1\n", "2\n"), TestCase("2\n", "4\n"))
    assert len(problem.private_tests) == 10
    assert problem.reference == "print(int(input()) * 2)\n"
    assert problem.starter == "print(int(input()) + 2)\n"
    assert [(p.name, p.label, p.fails) for p in problem.programs] == [
        ("adds", "accepted", ""),
        ("magnitude", "wrong_answer", "private"),
        ("squares", "wrong_answer", "public"),
        ("crashes", "runtime_error", ""),
    ]
    assert problem.source == str(problem_file)


def test_function_file_is_read_exactly(tmp_path: Path) -> None:
    """Arguments and results of a function problem become exactly the types that the file names."""
    problem = load(tmp_path, FUNCTION)
    assert problem.visible.signature == "def pairs(items: list[tuple[int, str]], scale: float) -> dict[int, set[str]]"
    (test,) = problem.public_tests
    assert test == TestCase(([(1, "a"), (1, "b")], 2.0), {1: {"a", "b"}})
    assert type(test.input[1]) is float
    assert tuple(problem.private_tests) == (TestCase(([], 0.5), {}),)
    assert problem.checker == Checker("value", abs_tol=0.5, unordered=True)


def test_byte_order_mark_and_line_ends_do_not_matter(tmp_path: Path, problem_file: Path) -> None:
    """A file saved by an editor of another system is the same problem."""
    assert (
        load(tmp_path, b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode()).visible
        == load_file(problem_file).visible
    )


def test_loading_runs_nothing(tmp_path: Path) -> None:
    """Programs, generators and validators that would leave a trace leave none when their file is loaded."""
    trace = tmp_path / "trace"
    evil = f"open({str(trace)!r}, 'w')"
    text = SOUND.replace("print(", f"{evil}; print(").replace(
        "kind: stdin\n", f'kind: stdin\nchecker: {{type: validator, source: "{evil}"}}\n'
    )
    problem = load(tmp_path, text)
    assert evil in problem.checker.source
    assert not trace.exists()


BAD: list[tuple[str, str, str]] = [
    # What to replace, by what (the trouble on the first line), and the field to be named.
    ("id: double", "id: Double", "id"),
    ("id: double", "id: 5", "id"),
    ("id: double", "id: ../../etc", "id"),
    ("id: double", 'id: "double\\n"', "id"),
    ("title: Twice a number", "title: ' '", "title"),
    ("title: Twice a number", 'title: "a\\nb"', "title"),
    ("title: Twice a number", "title: [a]", "title"),
    ("title: Twice a number", "titel: x\ntitle: y", "titel"),
    ("difficulty: easy", "difficulty: Easy", "difficulty"),
    ("tags: [numbers]", "tags: [1]", "tags"),
    ("tags: [numbers]", "tags: [Big]", "tags"),
    ("kind: stdin", "kind: stdout", "kind"),
    ("kind: stdin", "entry_point: f\nkind: stdin", "entry_point"),
    ("statement: |", "statement: 5\nx: |", "statement"),
    ("limits: {cpu_s: 1,", "limits: {cpu_s: true,", "limits.cpu_s"),
    ("limits: {cpu_s: 1,", "limits: {cpu_s: 0,", "limits"),
    ("limits: {cpu_s: 1,", "limits: {cpu_s: -1,", "limits.cpu_s"),
    ("limits: {cpu_s: 1,", "limits: {cpu_s: .nan,", "limits.cpu_s"),
    ("limits: {cpu_s: 1,", "limits: {cpu_s: .inf,", "limits"),
    ("limits: {cpu_s: 1,", "limits: {cpu_s: 1" + "0" * 400 + ",", "limits"),
    ("limits: {cpu_s: 1,", "limits: {wall_s: 1" + "0" * 400 + ",", "limits"),
    ("limits: {cpu_s: 1,", "limits: {output_kb: .inf,", "limits"),
    ("limits: {cpu_s: 1,", "limits: {cpus: 1,", "limits.cpus"),
    ("limits: {cpu_s: 1, memory_mb: 64}", "limits: {memory_mb: .inf}", "limits"),
    ("limits: {cpu_s: 1, memory_mb: 64}", "limits: {memory_mb: 1}", "limits"),
    ("limits: {cpu_s: 1, memory_mb: 64}", "limits: {memory_mb: 1" + "0" * 400 + "}", "limits"),
    ("limits: {cpu_s: 1, memory_mb: 64}", "limits: 5", "limits"),
    ("public_tests:", "public_tests: []\nx:", "public_tests"),
    ('  - {input: "1\\n",', '  - {input: "1\\n", note: x,', "public_tests[0].note"),
    ('  - {input: "1\\n",', "  - {input: 1,", "public_tests[0].input"),
    ('  - {input: "1\\n",', "  - {input: null,", "public_tests[0].input"),
    ('  - {input: "1\\n",', "  - {", "public_tests[0].input"),
    ('  - {input: "2\\n", output: "4\\n"}', "  - 5", "public_tests[1]"),
    ('  - {input: "-3\\n", output: "-6\\n"}', '  - {input: "-3\\n", output: -6}', "private_tests[1].output"),
    ("  seed: 1", "  seed: -1", "generator.seed"),
    ("  count: 8", "  count: 0", "generator.count"),
    ("  count: 8", "  count: 1001", "generator.count"),
    ("  count: 8", "  count: true", "generator.count"),
    ("  count: 8", "  language: c\n  count: 8", "generator.language"),
    ("reference: |", "reference: 5\nx: |", "reference"),
    ("starter: |", "starter: ''\nx: |", "starter"),
    ("programs:", "programs: {}\nx:", "programs"),
    ("  - name: adds", "  - name: reference", "programs[0].name"),
    ("  - name: magnitude", "  - name: adds", "programs[1].name"),
    ("    label: accepted", "    label: right", "programs[0].label"),
    ("    label: accepted", "    label: skipped", "programs[0].label"),
    ("    fails: private", "    fails: both", "programs[1].fails"),
    ("    fails: private", "    fail: private", "programs[1].fail"),
    *(
        ("kind: stdin", f"checker: {checker}\nkind: stdin", f"checker{field}")
        for checker, field in (
            ("line", ""),
            ("value", ""),
            ("validator", ""),
            ("[lines]", ""),
            ("null", ""),
            ("{}", ".type"),
            ("{type: validator}", ".source"),
            ("{type: value}", ".type"),
            ("{type: lines, abs_tol: 1}", ".abs_tol"),
            ("{type: numbers, unordered: true}", ".unordered"),
            ("{type: numbers, abs_tol: -1}", ".abs_tol"),
            ("{type: numbers, abs_tol: 1e-6}", ".abs_tol"),
            ("{type: numbers, abs_tol: .inf}", ".abs_tol"),
            ("{type: numbers, rel_tol: .nan}", ".rel_tol"),
            ("{type: numbers, rel_tol: 1" + "0" * 400 + "}", ".rel_tol"),
        )
    ),
]


@pytest.mark.parametrize(("old", "new", "field"), BAD, ids=lambda value: repr(value)[1:40])
def test_each_bad_field_is_named_with_its_line(tmp_path: Path, old: str, new: str, field: str) -> None:
    """One wrong field gives one sentence with file, line, that field, what was expected and what came."""
    before, found, after = SOUND.partition(old)
    assert found
    line, named = complaint(tmp_path, before + new + after)
    assert line == before.count("\n") + 1
    assert named == field or (field == "limits" and named.startswith("limits."))


BAD_FUNCTION: list[tuple[str, str, str]] = [
    ("entry_point: pairs", "entry_point: 'a b'", "entry_point"),
    ("entry_point: pairs", "entry_point: class", "entry_point"),
    ("entry_point: pairs", "entry_point: None", "entry_point"),
    ("{name: scale,", "{name: 'x, y',", "arguments[1].name"),
    ("{name: scale,", "{name: items,", "arguments[1].name"),
    ("{name: scale,", "{name: scale, default: 1,", "arguments[1].default"),
    ("type: float}", "type: double}", "arguments[1].type"),
    ("type: float}", "type: 5}", "arguments[1].type"),
    ("type: float}", "type: [float]}", "arguments[1].type"),
    ("type: float}", "type: \"__import__('os')\"}", "arguments[1].type"),
    ("arguments:", "arguments: []\nx:", "public_tests[0].input"),
    ("returns: dict[int, set[str]]", "returns: dict[int]", "returns"),
    ("{input: [[[1, a], [1, b]], 2], output", "{input: [[[1, a], [1, b]]], output", "public_tests[0].input"),
    ("{input: [[[1, a], [1, b]], 2], output", "{input: [[[1, a, b]], 2], output", "public_tests[0].input"),
    ("{input: [[[1, a], [1, b]], 2], output", "{input: [[[1, 1]], 2], output", "public_tests[0].input"),
    ("{input: [[[1, a], [1, b]], 2], output", "{input: [[], true], output", "public_tests[0].input"),
    ("{input: [[[1, a], [1, b]], 2], output", "{input: 5, output", "public_tests[0].input"),
    ("{input: [[[1, a], [1, b]], 2], output", "{input: [[], 1" + "0" * 400 + "], output", "public_tests[0].input"),
    ("output: {1: [a, b]}", "output: {x: [a]}", "public_tests[0].output"),
    ("output: {1: [a, b]}", "output: {1: [a], 1: [b]}", "public_tests[0].output"),
    ("output: {1: [a, b]}", "output: {[1]: [a]}", "public_tests[0].output"),
    ("output: {1: [a, b]}", "output: null", "public_tests[0].output"),
    ("checker: {type: value,", "checker: {type: lines,", "checker.type"),
    ("unordered: true", "unordered: 1", "checker.unordered"),
    ("abs_tol: 0.5", "abs_tol: true", "checker.abs_tol"),
]


@pytest.mark.parametrize(("old", "new", "field"), BAD_FUNCTION, ids=lambda value: repr(value)[1:48])
def test_each_bad_field_of_a_function_problem_is_named(tmp_path: Path, old: str, new: str, field: str) -> None:
    """Names that Python would not take, types that do not exist and data that do not fit are refused by field."""
    assert old in FUNCTION
    assert complaint(tmp_path, FUNCTION.replace(old, new))[1] == field


@pytest.mark.parametrize("key", ["id", "title", "difficulty", "tags", "kind", "statement", "reference", "public_tests"])
def test_each_required_field_is_missed_by_name(tmp_path: Path, key: str) -> None:
    """A file without a required field is refused with that field's name."""
    text = re.sub(rf"^{key}:.*\n((  .*)?\n)*", "", SOUND, flags=re.MULTILINE)
    assert text != SOUND
    assert complaint(tmp_path, text)[1] == key


def test_private_tests_are_required(tmp_path: Path) -> None:
    """A problem with neither private tests nor a generator is refused."""
    text = re.sub(r"^(private_tests|generator):\n(  .*\n)*", "", SOUND, flags=re.MULTILINE)
    assert complaint(tmp_path, text)[1] == "private_tests"


@pytest.mark.parametrize("key", [line.partition(":")[0] for line in SOUND.splitlines() if re.match(r"[a-z]", line)])
def test_each_field_may_come_once(tmp_path: Path, key: str) -> None:
    """A second occurrence of a field is refused where it stands: it does not win silently."""
    assert complaint(tmp_path, f"{SOUND}{key}: x\n") == (SOUND.count("\n") + 1, key)


@pytest.mark.parametrize(
    ("data", "words"),
    [(SOUND.encode() + b"# \xff", "UTF-8"), (SOUND.encode("utf-16"), "UTF-8"), (b"", "mapping"), (b"\x80", "UTF-8")],
    ids=["latin-1", "utf-16", "empty", "byte"],
)
def test_files_that_are_no_text_are_refused(tmp_path: Path, data: bytes, words: str) -> None:
    """Bytes that are no UTF-8, and an empty file, give one sentence that begins with the file's name."""
    with pytest.raises(
        ProblemError, match=rf"\A{re.escape(str(tmp_path))}/p\.yaml\S* expected [^\n]*{words}[^\n]*, got"
    ):
        load(tmp_path, data)


@pytest.mark.parametrize("name", ["none.yaml", "folder.yaml", "no/such.yaml", "nul\0.yaml"], ids=repr)
def test_files_that_cannot_be_read_are_refused(tmp_path: Path, name: str) -> None:
    """A missing file, a folder and an impossible name give a ProblemError, not an OSError."""
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ProblemError, match=r"expected a readable problem file, got: ."):
        load_file(tmp_path / name)


def test_folder_is_read_in_order_of_names(tmp_path: Path) -> None:
    """A folder's problems come in the order of file names, other files aside; an empty folder is an error."""
    with pytest.raises(ProblemError, match="expected at least one problem file"):
        load_folder(tmp_path)
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.yaml").write_text(SOUND.replace("id: double", f"id: {name}"))
    (tmp_path / "notes.txt").write_text("no problem")
    assert [problem.id for problem in load_folder(tmp_path)] == ["a", "b", "c"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data(), junk=st.text(st.characters(exclude_categories=["Cs"]), max_size=6))
def test_a_spoilt_file_loads_or_raises_problem_error(tmp_path: Path, data: st.DataObject, junk: str) -> None:
    """Wherever a file is cut and whatever is put there, the only complaint is a ProblemError with the file's name."""
    text = data.draw(st.sampled_from([SOUND, FUNCTION]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    try:
        load(tmp_path, text[:start] + junk + text[end:])
    except ProblemError as error:
        assert str(error).startswith(str(tmp_path / "p.yaml"))  # noqa: PT017


def test_built_in_problems_are_sound() -> None:
    """Every problem that the package brings loads, and bears its file's name."""
    assert all(Path(problem.source).stem == problem.id for problem in load_folder(problems_folder()))
