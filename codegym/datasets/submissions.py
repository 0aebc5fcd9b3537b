"""Programs with known verdicts: the ``submissions`` of an ICPC package, and what language a file is in."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from codegym.datasets.package import Package
from codegym.datasets.yaml_reader import Fields
from codegym.problem import LabelledProgram
from codegym.verdict import Verdict

CPP_SUFFIXES = (".cc", ".cpp", ".cxx", ".c++")
LANGUAGES = {
    **dict.fromkeys((".py", ".py3"), "python"),
    **dict.fromkeys(CPP_SUFFIXES, "cpp"),
    ".py2": "python2",
    ".c": "c",
    ".java": "java",
    ".kt": "kotlin",
    ".go": "go",
    ".rs": "rust",
    ".js": "javascript",
    ".ts": "typescript",
    ".rb": "ruby",
    ".cs": "csharp",
    ".hs": "haskell",
    ".ml": "ocaml",
    ".php": "php",
    ".pas": "pascal",
    ".dpr": "delphi",
    ".scala": "scala",
    ".swift": "swift",
    ".lua": "lua",
    ".d": "d",
}
"""By the end of a file's name."""
REJECTED = "rejected"
"""The label of a program that fails, it is not said how."""
_FOLDERS = {
    "accepted": Verdict.ACCEPTED.value,
    "rejected": REJECTED,
    "wrong_answer": Verdict.WRONG_ANSWER.value,
    "time_limit_exceeded": Verdict.TIME_LIMIT_EXCEEDED.value,
    "run_time_error": Verdict.RUNTIME_ERROR.value,
}
_CODES = {
    "AC": Verdict.ACCEPTED.value,
    "WA": Verdict.WRONG_ANSWER.value,
    "TLE": Verdict.TIME_LIMIT_EXCEEDED.value,
    "RTE": Verdict.RUNTIME_ERROR.value,
}
_RESULTS = {
    **dict.fromkeys(("CORRECT", "ACCEPTED", "AC"), Verdict.ACCEPTED.value),
    **dict.fromkeys(("WRONG-ANSWER", "WRONG_ANSWER", "NO-OUTPUT", "NO_OUTPUT", "WA"), Verdict.WRONG_ANSWER.value),
    **dict.fromkeys(("TIMELIMIT", "TIME_LIMIT_EXCEEDED", "TLE"), Verdict.TIME_LIMIT_EXCEEDED.value),
    **dict.fromkeys(("RUN-ERROR", "RUN_TIME_ERROR", "RUNTIME-ERROR", "RTE", "RE"), Verdict.RUNTIME_ERROR.value),
    **dict.fromkeys(("MEMORY-LIMIT", "MEMORYLIMIT", "MLE"), Verdict.MEMORY_LIMIT_EXCEEDED.value),
    **dict.fromkeys(("OUTPUT-LIMIT", "OUTPUTLIMIT", "OLE"), Verdict.OUTPUT_LIMIT_EXCEEDED.value),
    **dict.fromkeys(("COMPILER-ERROR", "COMPILE-ERROR", "CE"), Verdict.COMPILE_ERROR.value),
}
_HEADER = re.compile(r"@EXPECTED_RESULTS@\s*:\s*([A-Za-z_, \t-]+)")
_PYTHON_2 = re.compile(r"#!.*python2")
_LEAST_BRACES = re.compile(r"\{([^{}]*)\}")


def suffix(name: str) -> str:
    """The end of a file's name from its last point, in lower case."""
    return "." + name.rpartition(".")[2].lower() if "." in name else ""


def language_of(name: str, source: str) -> str:
    """The language of a program by its file's name and first line; empty where unknown."""
    language = LANGUAGES.get(suffix(name), "")
    return "python2" if language == "python" and _PYTHON_2.match(source) else language


def read_submissions(
    package: Package, rules: Fields | None, change: Callable[[str], str]
) -> tuple[str | None, tuple[LabelledProgram, ...]]:
    """The first accepted Python program, and the other programs, of the folder ``submissions``.

    Args:
        package: those of its submissions that have no single label, language or file are left out of it.
        rules: ``submissions.yaml``, or None.
        change: what to do with each source.
    """
    programs = []
    folder = "submissions"
    for group in package.tree.folders(folder):
        inner = f"{folder}/{group}"
        for name in package.tree.files(inner) + package.tree.folders(inner):
            program = _submission(package, f"{inner}/{name}", group, rules, change)
            if program is not None:
                programs.append(program)
    right = next((p for p in programs if p.label == "accepted" and p.language == "python"), None)
    return right.source if right else None, tuple(program for program in programs if program is not right)


def _submission(
    package: Package, path: str, group: str, rules: Fields | None, change: Callable[[str], str]
) -> LabelledProgram | None:
    tree = package.tree
    name = path.partition("/")[2]
    files = [path] if path in tree else [file for file in tree.names(path) if suffix(file) in LANGUAGES]
    if len(files) != 1:
        detail = f"expected a program of one file, got {len(files)}"
        package.leave_out(path, "submissions", "a submission of several files", detail)
        return None
    if suffix(files[0]) not in LANGUAGES:
        detail = f"expected a known language, got a file {suffix(files[0])[:20] or 'without suffix'}"
        package.leave_out(path, "submissions", "a submission in an unknown language", detail)
        return None
    source = package.source(files[0], path, "submissions")
    if source is None:
        return None
    label = _label(source, group, name, rules)
    if not label:
        detail = f"expected one verdict for {name}, got several or none"
        package.leave_out(path, "submissions", "a submission without a single verdict", detail)
        return None
    return LabelledProgram(name, label, change(source), language_of(files[0], source))


def _label(source: str, group: str, name: str, rules: Fields | None) -> str:
    """By the source's own word, else by ``submissions.yaml``, else by the folder; empty where that is not one."""
    stated = _HEADER.search(source)
    if stated:
        labels = {_RESULTS.get(word.upper(), "") for word in re.split(r"[,\s]+", stated[1].strip()) if word}
        return labels.pop() if len(labels) == 1 else ""
    label = _FOLDERS.get(group, "")
    for pattern in rules.names if rules is not None else ():
        if rules is not None and _matches(pattern, name):
            rule = rules.read(pattern, lambda data: data)
            label = _ruled(rule, label) if isinstance(rule, dict) else label
    return label


def _matches(pattern: str, name: str) -> bool:
    """Whether a glob, with ``*`` within a folder and ``{a,b}`` as a choice, matches a submission or its folder."""
    group = name.partition("/")[0]
    choice = _LEAST_BRACES.search(pattern)
    if choice and pattern.count("{") <= 3:
        options = choice[1].split(",")[:20]
        return any(_matches(pattern[: choice.start()] + option + pattern[choice.end() :], name) for option in options)
    wanted = pattern.strip("/").split("/")
    given = group.split("/") if len(wanted) == 1 else name.split("/")
    return len(wanted) == len(given) and all(map(fnmatchcase, given, wanted))


def _ruled(rule: dict[Any, Any], label: str) -> str:
    """The one verdict that a rule requires; the label before where it says nothing of it."""
    permitted, required = rule.get("permitted"), rule.get("required")
    if not isinstance(permitted, list) and not isinstance(required, list):
        return label
    if permitted == ["AC"]:
        return _CODES["AC"]
    if isinstance(required, list) and len(required) == 1 and isinstance(required[0], str):
        return _CODES.get(required[0], "") if required != ["AC"] else ""
    return ""
