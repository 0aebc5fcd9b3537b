"""Problem packages of Polygon: ``problem.xml`` with tests, checker, solutions and statements.

The time limit is for compiled programs. Tests with ``sample="true"`` are public. Tests that were to be made by a
generator must be there; nothing is run. Problems with points, several runs or output files are refused.
"""

import json
import re
from dataclasses import replace
from xml.etree.ElementTree import Element

from codegym.datasets import tex
from codegym.datasets.package import Package
from codegym.datasets.packages import loader
from codegym.datasets.submissions import REJECTED
from codegym.datasets.testlib import same_comparison
from codegym.datasets.trees import Tree
from codegym.datasets.validators import testlib_checker
from codegym.datasets.xml_reader import parse_xml
from codegym.problem import Checker, LabelledProgram, Problem, TestCase
from codegym.verdict import Verdict

_MOST_TESTS = 10_000
_PATTERN = re.compile(r"[^%]*%(0?[0-9]?)d[^%]*")
_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,60}")
_COMPILER = re.compile(r"([a-z]+)[^.]*\.?((?:pypy)?[0-9]?).*")
_NAMES = {"pypy": "python"}
_LABELS = {
    "main": Verdict.ACCEPTED.value,
    "accepted": Verdict.ACCEPTED.value,
    "rejected": REJECTED,
    "wrong-answer": Verdict.WRONG_ANSWER.value,
    "presentation-error": Verdict.WRONG_ANSWER.value,
    "time-limit-exceeded": Verdict.TIME_LIMIT_EXCEEDED.value,
    "memory-limit-exceeded": Verdict.MEMORY_LIMIT_EXCEEDED.value,
}
_SECTIONS = (
    ("legend", ""),
    ("input", "Input"),
    ("output", "Output"),
    ("interaction", "Interaction"),
    ("notes", "Notes"),
)


load = loader("polygon")
"""The problems of Polygon packages; see :func:`codegym.datasets.packages.loader`."""


def read_package(package: Package) -> list[Problem]:
    """The problem of one package.

    Raises:
        ProblemError: it is malformed, or needs what is not supported.
    """
    tree = package.tree
    try:
        root = parse_xml(tree.read("problem.xml"))
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        raise tree.refusal("problem.xml", "a malformed file", str(error)) from None
    judging = root.find("judging")
    if root.tag != "problem" or judging is None:
        raise tree.refusal("problem.xml", "a malformed file", "expected a problem with an element judging, got none")
    testset = _testset(tree, judging)
    public, private = _tests(tree, judging, testset)
    seconds, memory = (_whole(tree, testset, name) for name in ("time-limit", "memory-limit"))
    limits, native = package.limits(seconds / 1000, memory, None, "judging")
    language, title = _name(root)
    reference, programs = _solutions(package, root)
    tests = package.divide(public, private)
    return [
        Problem(
            id=root.get("short-name") or package.name,
            title=title or package.name,
            statement=_statement(tree, language),
            kind="stdin",
            public_tests=tests[0],
            private_tests=tests[1],
            limits=limits,
            native_limits=native,
            checker=_checker(tree, root, [*public, *private]),
            tags=tuple(dict.fromkeys(tag.get("value", "").lower() for tag in root.iterfind("tags/tag"))),
            reference=reference,
            programs=programs,
            source=tree.source,
        )
    ]


def _testset(tree: Tree, judging: Element) -> Element:
    testsets = judging.findall("testset")
    named = [testset for testset in testsets if testset.get("name") == "tests"] or testsets[-1:]
    if not named:
        raise tree.refusal("judging", "a malformed file", "expected a testset, got none")
    if judging.get("run-count", "1") != "1":
        detail = f"expected one run of a program for a test, got {judging.get('run-count', '')[:20]!r}"
        raise tree.refusal("judging", "several runs for a test", detail)
    scored = [group for group in named[0].iterfind("groups/group") if group.get("points-policy")]
    scored += [test for test in named[0].iterfind("tests/test") if test.get("points", "0").strip("0.")]
    if scored:
        detail = "expected tests that must all be passed, got tests or groups with points"
        raise tree.refusal("judging", "a scored or graded group of tests", detail)
    return named[0]


def _tests(tree: Tree, judging: Element, testset: Element) -> tuple[list[TestCase], list[TestCase]]:
    """Public and private tests."""
    input_file = _input_file(tree, judging)
    inputs, answers = (_pattern(tree, testset, f"{side}-path-pattern") for side in ("input", "answer"))
    listed = testset.findall("tests/test")
    count = _whole(tree, testset, "test-count")
    if count != len(listed):
        detail = f"expected as many tests as test-count says, {count}, got {len(listed)}"
        raise tree.refusal("judging", "a malformed file", detail)
    public: list[TestCase] = []
    private: list[TestCase] = []
    for number, test in enumerate(listed, 1):
        given, answer = inputs % number, answers % number
        for name in (given, answer):
            if name not in tree:
                made = "made by a generator, which" if test.get("method") == "generated" else "which"
                detail = f"expected the file of test {number}, {made} is not run here, got none; use a full package"
                raise tree.refusal(name[:200], "a test whose file is missing", detail)
        text, output = tree.text(given), tree.text(answer)
        case = TestCase("", output, ((input_file, text),)) if input_file else TestCase(text, output)
        (public if test.get("sample") == "true" else private).append(case)
    return public, private


def _input_file(tree: Tree, judging: Element) -> str:
    """The name of the file that a program reads instead of its standard input; empty for that."""
    name, output = (judging.get(key, "").strip() for key in ("input-file", "output-file"))
    if output and output.lower() != "stdout":
        detail = f"expected answers on standard output, got the file {output[:60]!r} for them"
        raise tree.refusal("judging output-file", "answers in a file", detail)
    if name and name.lower() != "stdin" and not _FILE_NAME.fullmatch(name):
        detail = f"expected a file's plain name, got {name[:60]!r}"
        raise tree.refusal("judging input-file", "a malformed file", detail)
    return "" if name.lower() == "stdin" else name


def _pattern(tree: Tree, testset: Element, name: str) -> str:
    pattern = testset.findtext(name, "").strip()
    if not _PATTERN.fullmatch(pattern):
        detail = f"expected a pattern such as tests/%02d, got {pattern[:60]!r}"
        raise tree.refusal(name, "a malformed file", detail)
    return pattern


def _whole(tree: Tree, element: Element, name: str) -> int:
    text = element.findtext(name, "").strip()
    if not re.fullmatch("[0-9]{1,15}", text) or (name == "test-count" and int(text) > _MOST_TESTS):
        raise tree.refusal(name, "a malformed file", f"expected a whole number, got {text[:40]!r}")
    return int(text)


def _name(root: Element) -> tuple[str, str]:
    """The language of the statement to take, English where there is that, and the title in it."""
    names = {name.get("language", ""): name.get("value", "") for name in root.iterfind("names/name")}
    language = "english" if "english" in names else next(iter(names), "english")
    return language, " ".join(names.get(language, "").split())


def _statement(tree: Tree, language: str) -> str:
    parts: dict[str, str] = {}
    properties = f"statements/{language}/problem-properties.json"
    if properties in tree:
        try:
            loaded = json.loads(tree.text(properties))
        except (ValueError, RecursionError) as error:
            if isinstance(error, ValueError) and type(error) is not json.JSONDecodeError:
                raise
            raise tree.refusal(properties, "a malformed file", "expected JSON, got something else") from None
        if isinstance(loaded, dict):
            parts = {key: text for key, text in loaded.items() if isinstance(text, str)}
    for key, _ in _SECTIONS:
        file = f"statement-sections/{language}/{key}.tex"
        if key not in parts and file in tree:
            parts[key] = tree.text(file)
    sections = [
        f"## {heading}\n\n{tex.to_markdown(parts[key])}" if heading else tex.to_markdown(parts[key])
        for key, heading in _SECTIONS
        if parts.get(key, "").strip()
    ]
    if not sections:
        detail = f"expected {properties} or statement-sections/{language}, got neither"
        raise tree.refusal("statements", "no statement that is text", detail)
    return "\n".join(sections)


def _checker(tree: Tree, root: Element, tests: list[TestCase]) -> Checker:
    source = root.find("assets/interactor/source")
    if source is None:
        return _own_checker(tree, root, tests)
    interactor = testlib_checker(tree, source.get("path", ""), _language(source), "interactor")
    return replace(interactor, after=_own_checker(tree, root, tests))


def _own_checker(tree: Tree, root: Element, tests: list[TestCase]) -> Checker:
    checker = root.find("assets/checker")
    if checker is None:
        raise tree.refusal("assets", "a malformed file", "expected a checker, got none")
    same = same_comparison(checker.get("name", ""), lambda: (test.output for test in tests))
    if same is not None:
        return same
    source = checker.find("source")
    if checker.get("type", "testlib") != "testlib" or source is None:
        detail = f"expected a checker of testlib's kind with its source, got {checker.get('type', '')[:40]!r}"
        raise tree.refusal("assets checker", "a checker in another language", detail)
    return testlib_checker(tree, source.get("path", ""), _language(source), "validator")


def _language(source: Element) -> str:
    """What a source is written in, by Polygon's name for its compiler."""
    found = _COMPILER.fullmatch(source.get("type", ""))
    if not found:
        return "unknown"
    return "python2" if found[1] in ("python", "pypy") and found[2].endswith("2") else _NAMES.get(found[1], found[1])


def _solutions(package: Package, root: Element) -> tuple[str | None, tuple[LabelledProgram, ...]]:
    """The first right Python program, and the others."""
    programs = []
    for solution in root.iterfind("assets/solutions/solution"):
        source, tag = solution.find("source"), solution.get("tag", "")
        path = "" if source is None else source.get("path", "")
        if source is None or path not in package.tree:
            detail = "expected the file of a solution, got none"
            package.leave_out(path[:200] or "problem.xml", "solutions", "a solution that is missing", detail)
        elif tag not in _LABELS:
            detail = f"expected one verdict, got the tag {tag[:60]!r}"
            package.leave_out(path, "solutions", "a submission without a single verdict", detail)
        elif (text := package.source(path, path, "solutions")) is not None:
            programs.append(LabelledProgram(path.rpartition("/")[2], _LABELS[tag], text, _language(source)))
    right = next((p for p in programs if p.label == "accepted" and p.language == "python"), None)
    return right.source if right else None, tuple(program for program in programs if program is not right)
