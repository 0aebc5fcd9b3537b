"""Packages from folder to verdict: validators, interactors and checkers of the packages' own, in Python and C++."""

from pathlib import Path

import pytest

from codegym import Problem, Sandbox, judge
from codegym.datasets.packages import load_any
from tests.datasets.builders import ICPC, POLYGON, POLYGON_XML, write

PLAIN = {name: text for name, text in ICPC.items() if name not in ("problem.yaml",)}
VALIDATE_H = """\
#pragma once
#include <fstream>
#include <iostream>
#include <string>
inline void accept() { std::exit(42); }
inline void reject(const std::string &folder, const char *why) {
    std::ofstream(folder + "judgemessage.txt") << why;
    std::exit(43);
}
"""
VALIDATE_CC = """\
#include "validate.h"
#include <cmath>
int main(int, char **argv) {
    std::ifstream answer(argv[2]);
    long long want, got;
    long long off = std::stoll(argv[4]);
    if (!(answer >> want)) return 1;
    if (!(std::cin >> got)) reject(argv[3], "no number");
    if (std::llabs(want - got) > off) reject(argv[3], "too far");
    accept();
}
"""
INTERACT_PY = """\
import sys
secret = int(open(sys.argv[1]).read())
for _ in range(12):
    guess = int(input())
    if guess == secret:
        print("correct", flush=True)
        sys.exit(42)
    print("higher" if guess < secret else "lower", flush=True)
sys.exit(43)
"""
SEARCH = """\
low, high = -100, 100
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    said = input()
    if said == "correct":
        break
    low, high = (middle + 1, high) if said == "higher" else (low, middle - 1)
"""
TESTLIB_H = """\
#pragma once
#include <fstream>
#include <cstdlib>
struct Files { std::ifstream inf, ouf, ans; };
inline Files open(char **argv) { return {std::ifstream(argv[1]), std::ifstream(argv[2]), std::ifstream(argv[3])}; }
"""
CHECK_CPP = """\
#include "testlib.h"
int main(int, char **argv) {
    Files files = open(argv);
    long long want, got;
    if (!(files.ans >> want)) return 3;
    if (!(files.ouf >> got)) return 2;
    return want == got || want == -got ? 0 : 1;
}
"""


def verdict(problem: Problem, sandbox: Sandbox, source: str) -> str:
    return str(judge(source, problem, sandbox=sandbox, split="both").verdict)


def only(path: Path) -> Problem:
    (problem,) = load_any(path)
    return problem


def test_a_validator_in_cpp_with_header_and_flags(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """The package's validator is compiled with its header, gets its flag, and decides."""
    files = {
        "problem.yaml": "validation: custom\nvalidator_flags: 1\n",
        "output_validators/v/validate.cc": VALIDATE_CC,
        "output_validators/v/validate.h": VALIDATE_H,
    }
    problem = only(write(tmp_path / "p", PLAIN | files))
    assert verdict(problem, any_sandbox, "print(int(input()) * 2 + 1)") == "accepted"
    assert verdict(problem, any_sandbox, "print(int(input()) * 2 + 2)") == "wrong_answer"
    assert verdict(problem, any_sandbox, "pass") == "wrong_answer"


def test_an_interactor_in_python(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """The package's validator speaks with the program, and decides."""
    files = {"problem.yaml": "validation: custom interactive\n", "output_validators/talk.py": INTERACT_PY}
    problem = only(write(tmp_path / "p", PLAIN | files))
    assert verdict(problem, any_sandbox, SEARCH) == "accepted"
    assert verdict(problem, any_sandbox, "for n in range(12): print(99, flush=True), input()") == "wrong_answer"


def test_a_checker_of_testlibs_kind(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """A checker that is no standard one is compiled with what it includes, and decides."""
    files = {
        "problem.xml": POLYGON_XML.replace("std::ncmp.cpp", "own"),
        "files/check.cpp": CHECK_CPP,
        "files/testlib.h": TESTLIB_H,
    }
    problem = only(write(tmp_path / "p", POLYGON | files))
    assert verdict(problem, any_sandbox, "print(-2 * int(input()))") == "accepted"
    assert verdict(problem, any_sandbox, "print(3)") == "wrong_answer"


def test_an_input_file_is_read_by_name(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """The program finds the file that the package names, and nothing on standard input."""
    files = {"problem.xml": POLYGON_XML.replace('input-file=""', 'input-file="in.txt"')}
    problem = only(write(tmp_path / "p", POLYGON | files))
    assert verdict(problem, any_sandbox, "print(int(open('in.txt').read()) * 2)") == "accepted"
    assert verdict(problem, any_sandbox, "print(int(input()) * 2)") == "runtime_error"


@pytest.mark.parametrize("kind", ["icpc", "polygon"])
def test_labelled_programs_are_judged_as_labelled(tmp_path: Path, any_sandbox: Sandbox, kind: str) -> None:
    """Right programs of a package are accepted and wrong ones are not, in Python."""
    problem = only(write(tmp_path / "p", ICPC if kind == "icpc" else POLYGON))
    assert problem.reference is not None
    assert verdict(problem, any_sandbox, problem.reference) == "accepted"
    for program in problem.programs:
        if program.language == "python":
            assert (verdict(problem, any_sandbox, program.source) == "accepted") is (program.label == "accepted")
