"""What share of a set's references is accepted, and of its faulty programs rejected; how its test code was read.

For each file in ``FILES`` under ``--data``: every problem's reference on all of its tests, every labelled program, and
a program that returns nothing. "Pairs" are tests with arguments and an expected value, "calls" those with code for
arguments, "code" those whose test code runs apart. One sandbox, one worker.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

from codegym import Judgement, ProblemSet, Sandbox, judge, load_problems, make_sandbox
from codegym.functions.calls import Calls, Harness

FILES = {
    "humanevalpack/cpp.jsonl": "humanevalpack:cpp",
    "mbpp/mbpp.jsonl": "mbpp",
    "mbppplus/MbppBase.jsonl": "mbpp",
    "mbppplus/MbppPlus.jsonl": "mbppplus",
    "humanevalpack/python.jsonl": "humanevalpack",
}


def main() -> None:
    """Print a table and the exceptions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sandbox", default="auto")
    options = parser.parse_args()
    with make_sandbox(options.sandbox, workers=1) as sandbox:
        for file, name in FILES.items():
            started = time.perf_counter()
            problems = load_problems(name, path=options.data / file)
            counts, exceptions = measure(problems, sandbox)
            print(f"{file} ({sandbox.kind}, {time.perf_counter() - started:.0f} s): {dict(counts)}")
            for left_out in problems.left_out:
                print(f"  left out: {left_out}")
            for exception in exceptions:
                print(f"  exception: {exception}")


def measure(problems: ProblemSet, sandbox: Sandbox) -> tuple[Counter[str], list[str]]:
    """Counts by what was counted, and a line for each exception."""
    counts: Counter[str] = Counter(left_out=len(problems.left_out))
    exceptions = []
    for problem in problems:
        counts["problems"] += 1
        judgement = judge(
            problem.reference or "", problem, sandbox=sandbox, split="both", run_all=True, language=problem.language
        )
        counts.update(kind_of(result.test.input) for result in judgement.results)
        counts["references accepted"] += judgement.accepted
        if not judgement.accepted:
            exceptions.append(f"{problem.id}: reference: {first_failure(judgement)}")
        nothing = f"def {problem.entry_point}(*x, **y):\n    pass\n"
        for label, program in (("nothing", nothing), *((one.name, one.source) for one in problem.wrong_programs)):
            rejected = not judge(program, problem, sandbox=sandbox, split="both", language=problem.language).accepted
            counts[f"{label}: rejected"] += rejected
            if not rejected:
                exceptions.append(f"{problem.id}: {label}: accepted")
    return counts, exceptions


def kind_of(given: object) -> str:
    """What a test's input counts as."""
    return "code" if isinstance(given, Harness) else "calls" if isinstance(given, Calls) else "pairs"


def first_failure(judgement: Judgement) -> str:
    """Verdict and reason of the first failed test."""
    result = next(result for result in judgement.results if result.verdict != "accepted")
    return f"{result.split} {result.verdict} {result.reason}"


if __name__ == "__main__":
    main()
