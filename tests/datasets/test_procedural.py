"""codegym.datasets.procedural: problems without end, and what holds of each by construction."""

import pickle
import re
import time
from typing import Any

import pytest

from codegym import CodeRepairEnv, ProblemSet, Sandbox, judge, load_problems
from codegym.datasets.drafts import Draft
from codegym.datasets.families import FAMILIES
from codegym.errors import ProblemError, UsageError
from codegym.feedback import describe
from codegym.mutations import changed, places

NAMES = [f"procedural:{family}?seed=3&size=40&level={level}" for family in sorted(FAMILIES) for level in (1, 2, 3)]


@pytest.mark.parametrize("name", NAMES)
def test_problems_differ(name: str) -> None:
    """No two of a set have the same tests and reference, the same id, or read the same."""
    problems = load_problems(name)
    assert len(problems) == len(set(problems.ids)) == 40
    assert len({(problem.reference, problem.public_tests) for problem in problems}) == 40
    assert len({describe(problem.visible) for problem in problems}) == 40


@pytest.mark.parametrize("name", NAMES)
def test_public_tests_do_not_give_private_answers(name: str) -> None:
    """Private inputs are new, most private outputs too, and they are not all one."""
    for problem in load_problems(name):
        public = {test.input: test.output for test in problem.public_tests}
        private = {test.input: test.output for test in problem.private_tests}
        assert (len(public), len(private)) == (3, 10)
        assert not set(public) & set(private)
        new = [output for output in private.values() if output not in public.values()]
        assert len(new) > 5
        assert len(set(new)) > 1


@pytest.mark.parametrize("name", NAMES)
def test_labels_hold_in_a_sandbox(name: str, any_sandbox: Sandbox) -> None:
    """The reference passes, and every labelled program does what its label says, on the tests that it says."""
    for problem in load_problems(name)[:2]:
        assert problem.reference is not None
        assert judge(problem.reference, problem, sandbox=any_sandbox, split="both").accepted
        for program in problem.programs:
            judgement = judge(program.source, problem, sandbox=any_sandbox, split="both")
            first = next(result for result in judgement.results if result.verdict != "accepted")
            assert (str(judgement.verdict), first.split) == (program.label, program.fails)


@pytest.mark.parametrize("name", NAMES)
def test_there_are_starters_and_wrong_programs(name: str) -> None:
    """The starter is a labelled program that fails in public; one knows the public tests by heart."""
    for problem in load_problems(name):
        by_source = {program.source: program for program in problem.programs}
        assert len(by_source) == len(problem.programs) >= 2
        assert problem.starter is not None
        assert by_source[problem.starter].fails == "public"
        assert [program.name for program in problem.programs if program.fails == "private"] == [
            "knows-the-public-tests"
        ]
        assert problem.reference not in by_source


def test_the_hidden_rule_is_hidden() -> None:
    """Statements differ in nothing but the number in the title; the feedback on a program tells expected outputs."""
    problems = load_problems("procedural:hidden-rule?seed=5&size=30&level=2&starter=0")
    texts = {re.sub(r"number \d+ of seed 5", "", describe(problem.visible)) for problem in problems}
    assert len(texts) == 1
    assert len({problem.reference for problem in problems}) > 10
    problem = problems[0]
    assert problem.visible.public_tests == ()


def test_feedback_tells_of_the_hidden_rule(any_sandbox: Sandbox) -> None:
    """After a wrong program the observation has the expected output of each public test; before it has none."""
    env = CodeRepairEnv("procedural:hidden-rule?seed=5&size=3", sandbox=any_sandbox)
    before, _ = env.reset(seed=0)
    told = env.step("a, b = map(int, input().split())\nprint('none')\n")[0]["dialogue"][0]["feedback"]
    for test in env.problem.public_tests:
        assert test.input.strip() not in before["problem"]
        assert f"Expected output:\n```\n{test.output}```" in told


@pytest.mark.parametrize("level", [1, 2, 3])
def test_public_tests_decide_the_hidden_rule(level: int) -> None:
    """A program with another rule that passes all public tests passes the private ones too."""
    problems = list(load_problems(f"procedural:hidden-rule?seed=1&size=30&level={level}"))
    rules = {problem.reference for problem in problems}
    for problem in problems[:10]:
        for rule in rules:
            assert rule is not None
            if all(_printed(rule, test.input) == test.output for test in problem.public_tests):
                assert all(_printed(rule, test.input) == test.output for test in problem.private_tests)


def _printed(program: str, given: str) -> str:
    """What a program of the family prints, found without the package's own help."""
    expression = program.splitlines()[1].removeprefix("print(").removesuffix(")")
    a, b = map(int, given.split())
    return f"{eval(expression, {'a': a, 'b': b})}\n"


@pytest.mark.parametrize("family", ["off-by-one", "operator"])
def test_one_edit_repairs_a_starter(family: str) -> None:
    """From the starter one change of a token leads to the reference, so that a program edit can solve it."""
    for problem in load_problems(f"procedural:{family}?seed=2&size=60"):
        starter = problem.starter or ""
        edits = [changed(starter, p, n) for p in places(starter) for n in range(len(p.alternatives))]
        assert problem.reference in edits


def test_a_set_is_lazy() -> None:
    """A set of a thousand million problems is there at once, and so is any one of them."""
    started = time.process_time()
    problems = load_problems("procedural:two-steps?seed=0&size=1000000000")
    assert len(problems) == 10**9
    assert problems[-1].id == "two-steps-1-0-999999999"
    assert problems["two-steps-1-0-123456789"] is problems[123456789]
    assert [problem.id for problem in problems[5:20:7]] == [f"two-steps-1-0-{n}" for n in (5, 12, 19)]
    assert problems.__contains__("two-steps-1-0-999999999")
    assert not problems.__contains__("two-steps-1-0-1000000000")
    assert problems.content_hash
    assert time.process_time() - started < 5


def test_a_set_is_a_problem_set() -> None:
    """Slices, filters, membership, pickling and unknown ids are as for every set."""
    problems = load_problems("procedural:operator", seed=4, size=20)
    assert isinstance(problems, ProblemSet)
    assert list(pickle.loads(pickle.dumps(problems))) == list(problems)
    some = problems.filter(lambda problem: problem.id.endswith("3"))
    assert some.ids == ("operator-1-4-3", "operator-1-4-13")
    assert some["operator-1-4-13"] == problems[13]
    assert problems[13] in some
    assert problems[12] not in some
    assert problems.filter(difficulty="easy", starter=True, tags="operator").ids == problems.ids
    unknown: Any
    for unknown in ("operator-1-4-20", "operator-1-5-3", "operator-1-4-03", "operator-1-4-²", "other", 7.5):
        with pytest.raises(ProblemError, match="such as operator-1-4-0"):
            problems[unknown]
    with pytest.raises(IndexError):
        problems[20]


def test_the_same_recipe_gives_the_same_problems() -> None:
    """Options in the name and as arguments are the same; seed, level and number each make a difference."""
    one = load_problems("procedural:off-by-one?seed=7&size=50&level=2")
    other = load_problems("procedural:off-by-one", seed=7, size=50, level=2)
    assert one.name == other.name == "procedural:off-by-one?seed=7&size=50&level=2"
    assert list(one) == list(other)
    assert one.content_hash == other.content_hash
    hashes = {
        load_problems(f"procedural:off-by-one?{query}").content_hash
        for query in ("seed=7&size=50&level=2", "seed=8&size=50&level=2", "seed=7&size=49&level=2", "seed=7&size=50")
    }
    assert len(hashes | {one[1:].content_hash}) == 5


def test_knobs_do_what_they_say() -> None:
    """Numbers of tests, starter, whether tests are shown, and the difficulty of a level."""
    problem = load_problems("procedural:input-format?public=5&private=7&starter=false&shown=0&level=3")[0]
    assert (len(problem.public_tests), len(problem.private_tests)) == (5, 7)
    assert (problem.starter, problem.visible.public_tests, problem.difficulty) == (None, (), "hard")
    assert len(load_problems("procedural:hidden-rule?shown=true")[0].visible.public_tests) == 3


def test_a_larger_set_begins_with_the_smaller_one() -> None:
    """The size changes no problem."""
    few, many = (load_problems(f"procedural:hidden-rule?size={size}") for size in (5, 50))
    assert list(few) == list(many[:5])


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("procedural", {}, "a family among hidden-rule, input-format, off-by-one, operator, two-steps, got ''"),
        ("procedural:other", {}, "got 'other'"),
        ("procedural:operator?", {"size": 0}, "expected size as a whole number from 1"),
        ("procedural:operator?size=-1", {}, "expected size"),
        ("procedural:operator?size=1e3", {}, "expected size"),
        ("procedural:operator?size=99999999999999999999999", {}, "expected size"),
        ("procedural:operator?seed=", {}, "expected seed"),
        ("procedural:operator?seed=²", {}, "expected seed"),
        ("procedural:operator?seed", {}, "expected options name=value"),
        ("procedural:operator?colour=red", {}, "got 'colour'"),
        ("procedural:operator", {"level": 4}, "expected level as a whole number from 1 to 3"),
        ("procedural:operator", {"level": None}, "expected level"),
        ("procedural:operator", {"seed": 1.0}, "expected seed"),
        ("procedural:operator", {"starter": "maybe"}, "expected starter"),
        ("procedural:operator", {"colour": "red"}, "expected options seed, size"),
        ("procedural:operator", {"path": "x"}, "expected no path"),
    ],
)
def test_a_bad_name_or_option_is_refused(name: str, options: dict[str, Any], message: str) -> None:
    """One sentence says what was expected."""
    with pytest.raises(UsageError, match=message):
        load_problems(name, **options)


def test_a_family_whose_tests_decide_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all outputs are alike no problem is made, and the error says what to do."""

    def constant(rng: Any, level: int) -> Draft:
        return Draft("Print 1.", "print(1)\n", (("two", "print(2)\n"),), lambda r: f"{r.randint(0, 999)}\n")

    monkeypatch.setitem(FAMILIES, "constant", constant)
    with pytest.raises(ProblemError, match="ask for more with public="):
        load_problems("procedural:constant")[0]
