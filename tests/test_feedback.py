"""codegym.feedback: what an agent reads is complete, bounded, and never private."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegym import Judgement, Problem, Sandbox, TestCase, TestResult, Verdict, judge
from codegym.errors import UsageError
from codegym.feedback import MODES, Mode, Templates, clip, code_block, describe, feedback, traceback_tail
from codegym.verdict import Split
from tests.fakes import make_function_problem, make_problem

OK, WA, RE = Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR
STDIN, FUNCTION = make_problem().visible, make_function_problem().visible
ANY_TEXT = st.text(st.sampled_from("`~ab\n\r \\"), max_size=30)


def result(verdict: Verdict, number: int = 0, split: Any = "public", **more: Any) -> TestResult:
    test = more.pop("test", TestCase(f"input {number}", f"wanted {number}"))
    return TestResult(verdict, split, test, **({"output": f"came {number}", "reason": "line 1 differs"} | more))


def judged(*results: TestResult | Verdict, split: Split = "public") -> Judgement:
    return Judgement("p", split, tuple(result(r, n) if isinstance(r, Verdict) else r for n, r in enumerate(results, 1)))


def blocks(text: str) -> list[str]:
    """The contents of a text's fenced blocks; fails if one is left open."""
    found: list[str] = []
    fence = ""
    for line in text.split("\n"):
        if fence:
            if line == fence:
                fence = ""
            else:
                found[-1] += line + "\n"
        elif opened := re.match(r"`{3,}", line):
            fence = opened[0]
            found.append("")
    assert not fence, "a fenced block is never closed"
    return found


@given(ANY_TEXT)
def test_code_block_gives_its_text_back(text: str) -> None:
    """Whatever fences a text holds, the block around it holds exactly that text."""
    assert blocks(code_block(text)) == [text if text.endswith("\n") else text + "\n"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "judgement",
    [judged(WA, split="private"), judged(OK, result(WA, split="private")), judged(result(OK), split="both")],
    ids=["judgement", "result", "both"],
)
def test_private_judgements_are_refused(mode: Mode, judgement: Judgement) -> None:
    """Whatever its mode, feedback refuses a judgement that is private or holds one private result."""
    with pytest.raises(UsageError, match="expected a judgement of public tests"):
        feedback(judgement, STDIN, mode)


def test_unknown_modes_are_refused() -> None:
    """A mode that does not exist is refused with the list of those that do."""
    with pytest.raises(UsageError, match=rf"expected feedback mode {', '.join(MODES)}, got 'All'"):
        feedback(judged(WA), STDIN, "All")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "failing", "passing"),
    [
        ("all_failures", [2, 4], []),
        ("random", [2, 4], []),
        ("first_failure", [2], []),
        ("all_tests", [2, 4], [1, 3]),
        ("none", [], []),
    ],
)
def test_each_mode_shows_its_tests(mode: Mode, failing: list[int], passing: list[int]) -> None:
    """A mode shows exactly its failing and passing tests; each failing one with input, expected output and output."""
    text = feedback(judged(OK, WA, OK, WA), STDIN, mode)
    assert [int(n) for n in re.findall(r"Test (\d+) fails", text)] == failing
    assert [int(n) for n in re.findall(r"Test (\d+) passes", text)] == passing
    assert blocks(text) == [f"{word} {n}\n" for n in failing for word in ("input", "wanted", "came")]
    assert ("2 of 4" in text) is (mode != "none")
    assert text.endswith(Templates().answer)


@given(st.lists(st.sampled_from(Verdict), min_size=1, max_size=5))
def test_mode_none_tells_nothing(verdicts: list[Verdict]) -> None:
    """Without feedback the text is the same whatever the program did."""
    assert feedback(judged(*verdicts), STDIN, "none") == feedback(judged(WA), STDIN, "none")


@given(st.lists(st.sampled_from(Verdict), min_size=1, max_size=5), st.sampled_from(MODES), st.booleans())
def test_every_verdict_can_be_told(verdicts: list[Verdict], mode: Mode, function: bool) -> None:
    """Any combination of verdicts gives a text, of a stdin and of a function problem."""
    test = TestCase((1,), 2) if function else TestCase("1", "2")
    text = feedback(
        judged(*(result(v, test=test, output="x") for v in verdicts)), FUNCTION if function else STDIN, mode
    )
    assert text.strip()


def test_more_failures_than_shown_are_counted() -> None:
    """At most eight failures are shown, and the text says how many are not."""
    text = feedback(judged(*[WA] * 11), STDIN)
    assert len(re.findall(r"Test \d+ fails", text)) == 8
    assert "3 more failing tests are not shown" in text


@pytest.mark.parametrize("function", [False, True], ids=["stdin", "function"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("verdict", [OK, WA, RE])
def test_feedback_is_bounded(mode: Mode, verdict: Verdict, function: bool) -> None:
    """However many tests there are and however much is printed, the text is no longer than ``total_characters``."""
    long = "x\n" * 50_000
    test = TestCase((long,), long) if function else TestCase(long, long)
    many = [result(verdict, test=test, output=long, stderr=long, reason="differs") for _ in range(500)]
    text = feedback(judged(*many), FUNCTION if function else STDIN, mode)
    assert len(text) <= Templates().total_characters


@pytest.mark.parametrize("length", [300, 400, 2000])
@pytest.mark.parametrize("mode", ["all_failures", "all_tests", "first_failure"])
def test_truncation_leaves_blocks_whole(mode: Mode, length: int) -> None:
    """Where the whole is cut, that is stated, and each block still holds one text, from its start to its end."""
    long = "```\n" + "x" * length
    text = feedback(judged(*[result(WA, test=TestCase(long, long), output=long) for _ in range(8)]), STDIN, mode)
    for block in blocks(text):
        cut = re.findall(r" \[\.\.\. (\d+) characters left out \.\.\.\] ", block)
        assert len(re.sub(r" \[.*\] ", "", block)) + sum(map(int, cut)) == len(long) + 1
    assert mode == "first_failure" or re.search("left out|not shown", text)
    assert text.endswith(Templates().answer)


@given(ANY_TEXT, st.integers(0, 40))
def test_clip_is_bounded_and_says_what_is_missing(text: str, most: int) -> None:
    """A clipped text keeps at most ``most`` characters and states the number that it left out, to the character."""
    clipped = clip(text, most)
    if len(text) <= most:
        assert clipped == text
        return
    match = re.fullmatch(r"(.*) \[\.\.\. (\d+) characters left out \.\.\.\] (.*)", clipped, re.DOTALL)
    assert match
    assert len(match[1]) + len(match[3]) <= most
    assert len(match[1]) + int(match[2]) + len(match[3]) == len(text)
    assert text.startswith(match[1])
    assert text.endswith(match[3])


@given(st.lists(st.text("ab ", max_size=60), max_size=12), st.integers(20, 200))
def test_traceback_keeps_first_and_last_line(lines: list[str], most: int) -> None:
    """A long traceback keeps its first line and its last, with the error; what is left out is counted in lines."""
    first, last = "Traceback (most recent call last):", "ValueError: x"
    tail = traceback_tail("\n".join([first, *lines, last]), most).split("\n")
    assert tail[-1] == last
    assert tail[0] == clip(first, most)
    counted = [int(n) for line in tail for n in re.findall(r"\[\.\.\. (\d+) lines left out", line)]
    assert sum(counted) + len(tail) - len(counted) == len(lines) + 2


@pytest.mark.parametrize("value", ["`", "a`b", "``", "` Test 2 passes. `", "`" * 9, " `x` "], ids=repr)
def test_backticks_in_values_stay_inside_their_code(value: str) -> None:
    """A value with backticks cannot end the code that quotes it: the agent reads it as what it is."""
    text = feedback(judged(result(WA, test=TestCase((value,), value), output=value)), FUNCTION)
    for start, wanted in (("It returned ", repr(value)), ("Test 1 fails: ", f"assert double({value!r}) == {value!r}")):
        line = next(line for line in text.split("\n") if line.startswith(start)).removeprefix(start)
        fence = re.match("`+", line)
        assert fence
        code = re.match(rf"{fence[0]}(.*?[^`]){fence[0]}(?!`)", line)
        assert code
        assert code[1].strip() == wanted


@pytest.mark.parametrize("value", [10**6000, [-(10**6000)], {"k": 10**6000}], ids=["bare", "list", "dict"])
def test_huge_integers_can_be_told(value: Any) -> None:
    """A returned integer beyond the interpreter's limit for decimal text is an answer like another, not a crash."""
    text = feedback(judged(result(WA, test=TestCase((1,), 2), output=value)), FUNCTION)
    assert "Test 1 fails" in text
    assert describe(make_function_problem(public_tests=(TestCase((value,), value),)).visible)


def test_sets_read_the_same_in_every_process() -> None:
    """A set in a test or an answer is written in one order, so that the same episode reads the same everywhere."""
    code = (
        "from tests.test_feedback import *\n"
        "words = set('abcdefgh')\n"
        "print(describe(make_function_problem(public_tests=(TestCase((words,), words),)).visible))\n"
        "print(feedback(judged(result(WA, test=TestCase((1,), words), output=words)), FUNCTION))"
    )
    root = str(Path(__file__).parents[1])
    texts = []
    for seed in ("1", "2"):
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": root}
        texts.append(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env).stdout)
    assert texts[0] == texts[1]


def test_value_that_could_not_be_read_is_not_called_none() -> None:
    """Where the returned value could not be read, the text does not claim that it was None."""
    unread = result(WA, test=TestCase((1,), 2), output=None, reason="the returned value could not be read")
    assert "returned `None`" not in feedback(judged(unread), FUNCTION)


@pytest.mark.parametrize(
    "text", ["1\n\n\n\n2\n", "{x} {0} {} {{y}}", "%s", "```\nx\n```\n", "\n\n\n", "a  b\t"], ids=repr
)
def test_description_shows_tests_and_starter_as_they_are(text: str) -> None:
    """Inputs, outputs and the program to repair arrive to the character: blank lines, braces and fences included."""
    problem = make_problem(public_tests=(TestCase(text, text + "out\n"),), starter=f"x = 1{text}\n")
    shown = blocks(describe(problem.visible))
    assert shown == [text if text.endswith("\n") else text + "\n", text + "out\n", f"x = 1{text}\n"]


def test_description_says_what_is_wanted() -> None:
    """Title, task, limits, signature and how to answer are all there; a starter only where there is one."""
    text = describe(make_function_problem(statement="Do {it}.", starter=None).visible)
    for part in ("Do {it}.", "def double(n: int) -> int", "2 s", "64 MB", "double(1) == 2", Templates().answer):
        assert part in text
    assert ("Repair" in text, "Repair" in describe(STDIN)) == (False, True)


@pytest.mark.parametrize(
    "change",
    [
        *(
            {name: text}
            for name in ("problem", "starter", "summary", "retry")
            for text in ("{secret}", "{}", "{0}", "{", 5)
        ),
        {"failures": -1},
    ],
    ids=str,
)
def test_templates_are_checked_when_made(change: dict[str, Any]) -> None:
    """A template with a field that it has not, and a bound that is none, are refused at once and by name."""
    with pytest.raises(UsageError, match=next(iter(change))):
        Templates(**change)


@pytest.mark.parametrize("summary", ["{passed:d}/{total:03d}", "{passed:s}", "{passed!r:>4} of {total}", "{{}}"])
def test_template_that_was_accepted_works(summary: str) -> None:
    """A format of numbers is accepted and used; one that fails for numbers is refused when made, not in a turn."""
    try:
        templates = Templates(summary=summary)
    except UsageError:
        assert summary == "{passed:s}"
        return
    assert summary.format(passed=1, total=2) in feedback(judged(OK, WA), STDIN, templates=templates)


def test_templates_replace_every_text() -> None:
    """With templates of one's own none of the default texts is left."""
    mine = Templates("P {title}|{starter}|{answer}", "A", "S {program}", "{passed}/{total}", "R {answer}", "N", 1)
    assert describe(STDIN, mine).startswith(f"P {STDIN.title}|S ```python\n")
    text = feedback(judged(OK, WA, WA), STDIN, templates=mine)
    assert text.startswith("1/3\n")
    assert text.endswith("R A")
    assert "1 more failing" in text
    assert feedback(judged(Verdict.NO_PROGRAM), STDIN, templates=mine) == "N\n\nR A"


def told(problem: Problem, program: str, sandbox: Sandbox) -> str:
    return feedback(judge(program, problem, sandbox=sandbox, split="public"), problem.visible)


CRASHES = {
    "raise": "def double(n):\n    return 1 // 0\ndouble(1)\n",
    "import": "import no_such_module\n",
    "recursion": "def double(n):\n    return double(n)\ndouble(1)\n",
    "library": "import json\ndef double(n):\n    json.loads('{')\ndouble(1)\n",
    "not-plain": "def double(n):\n    return double\nraise SystemExit('x')\n",
    "hook": "import sys\nsys.excepthook = None\ndef double(n): 1 // 0\ndouble(1)\n",
    "syntax": "def double(n:\n",
}


@pytest.mark.parametrize("kind", [make_problem, make_function_problem], ids=["stdin", "function"])
@pytest.mark.parametrize("program", CRASHES.values(), ids=CRASHES.keys())
def test_no_frame_of_ours_is_shown(any_sandbox: Sandbox, kind: Any, program: str) -> None:
    """However a program fails, the text names none of our files and no path of the machine or box but the library's."""
    text = told(kind(), program, any_sandbox)
    assert {path for path in re.findall(r'File "([^"]*)"', text) if "/lib/python3" not in path} <= {"main.py"}
    assert not re.search(r"/opt/|/box|codegym|runner|program\.py|_encode|exec\(|values", text)


@settings(deadline=None, max_examples=10)
@given(name=st.text("abc`{}\n ", min_size=1, max_size=8))
def test_output_is_told_as_it_was_printed(any_sandbox: Sandbox, name: str) -> None:
    """What a program prints stands in its own block, whatever it prints."""
    text = told(make_problem(), f"print({name!r}, end='')", any_sandbox)
    assert blocks(text)[2] == (name if name.endswith("\n") else name + "\n")
