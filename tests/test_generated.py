"""Tests of codegym.generated."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym import Execution, Limits, Sandbox, TestCase, judge, make_sandbox
from codegym.errors import ProblemError, SandboxError
from codegym.generated import Generator, PrivateTests, private_tests
from codegym.sandbox import ScriptedSandbox
from tests.fakes import Failing, Spy, make_function_problem, make_problem, printed, returned

GIVEN = (TestCase("0\n", "0\n"),)


@pytest.fixture(autouse=True)
def fresh_cache(own_cache: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of each test's own, in which nothing is yet."""
    monkeypatch.setenv("CODEGYM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def make_tests(**changes: Any) -> PrivateTests:
    fields: dict[str, Any] = {
        "given": GIVEN,
        "generator": Generator(7, 3, "generator"),
        "reference": "reference",
        "limits": Limits(),
        "entry_point": None,
        "types": (),
        "returns": "",
        "where": "file.yaml",
    }
    return PrivateTests(**(fields | changes))


def function_tests(**changes: Any) -> PrivateTests:
    fields: dict[str, Any] = {
        "given": (),
        "entry_point": "f",
        "types": ("int", "set[str]"),
        "returns": "tuple[int, ...]",
    }
    return make_tests(**(fields | changes))


def working(**more: Any) -> ScriptedSandbox:
    """A generator that repeats its order, and a reference that shouts."""
    table: dict[str, Any] = {
        "generator": lambda _, order: printed(order.decode()),
        "reference": lambda _, given: printed(given.decode().upper() + "!"),
    }
    return as_real(ScriptedSandbox(table | more))


def as_real(sandbox: ScriptedSandbox) -> ScriptedSandbox:
    """One whose answers are kept, as those of programs that were run."""
    sandbox.kind = "real"
    return sandbox


def test_what_was_not_run_is_not_kept() -> None:
    """Tests made of a scripted sandbox's answers are those of its owner alone, who may have scripted none."""
    scripted_tests = private_tests(make_tests(), ScriptedSandbox())
    assert scripted_tests != private_tests(make_tests(), working())


def no_sandbox() -> Sandbox:
    raise AssertionError("expected the cache to be enough, but a sandbox was asked for")


def test_generated_tests_follow_the_given_ones() -> None:
    """The generator gets seed and index on one line; the reference makes the outputs of what it printed."""
    tests = private_tests(make_tests(), working())
    assert tests == (*GIVEN, *(TestCase(f"7 {n}\n", f"7 {n}\n!") for n in range(3)))


def test_both_programs_run_in_the_judges_room(any_sandbox: Sandbox) -> None:
    """Neither the generator nor the reference ever comes into a candidate's room."""
    spy = Spy(any_sandbox)
    tests = make_tests(generator=Generator(1, 2, "print(input())"), reference="print(input()[::-1])")
    assert private_tests(tests, spy) == (*GIVEN, TestCase("1 0\n", "0 1\n"), TestCase("1 1\n", "1 1\n"))
    assert spy.seen["candidate"] == []
    assert len(spy.seen["judge"]) == 2


def test_arguments_get_the_types_of_the_signature(any_sandbox: Sandbox) -> None:
    """A function's generator prints JSON; its test has the types that the signature says, and so has the result."""
    generator = "seed, index = map(int, input().split())\nprint([index, ['a', 'b', 'a']])".replace("'a'", '"a"')
    generator = generator.replace("print([", "import json; print(json.dumps([").replace("]])", "]]))")
    reference = "def f(n, words):\n    return (n, len(words))\n"
    tests = function_tests(generator=Generator(1, 2, generator), reference=reference)
    made = private_tests(tests, any_sandbox)
    assert made == (TestCase((0, {"a", "b"}), (0, 2)), TestCase((1, {"a", "b"}), (1, 2)))
    assert type(made[0].input[1]) is set


def test_tests_are_made_once() -> None:
    """Neither the same object nor an equal one needs the sandbox a second time."""
    tests, sandbox = make_tests(), working()
    first = private_tests(tests, sandbox)
    assert private_tests(tests, Failing(sandbox)) == first
    assert make_tests().complete(no_sandbox) == first


def test_tests_of_functions_are_the_same_from_the_cache() -> None:
    """Values that JSON does not know survive the cache with their types."""
    sandbox = as_real(ScriptedSandbox({"generator": printed('[1, ["x"]]'), "reference": returned((1, 2**70))}))
    made = function_tests().complete(lambda: sandbox)
    again = function_tests().complete(no_sandbox)
    assert again == made == (TestCase((1, {"x"}), (1, 2**70)),) * 3
    assert [type(test.input[1]) for test in again] == [set] * 3


@given(parts=st.lists(st.text(max_size=30), min_size=3, max_size=3))
def test_any_text_survives_the_cache(parts: list[str]) -> None:
    """Whatever valid text a generator prints, the cached test is the test as made."""
    from codegym.generated import read_cache, write_cache

    pairs = [(part, part[::-1]) for part in parts]
    write_cache("any", pairs, working())
    assert read_cache("any", 3) == pairs


@pytest.mark.parametrize(
    "changes",
    [
        {"generator": Generator(8, 3, "generator")},
        {"generator": Generator(7, 4, "generator")},
        {"generator": Generator(7, 3, "generator ")},
        {"reference": "reference "},
        {"entry_point": "f"},
        {"entry_point": "f", "types": ("int",)},
        {"returns": "int"},
    ],
    ids=["seed", "count", "source", "reference", "entry point", "types", "returns"],
)
def test_the_cache_is_by_content(changes: dict[str, Any]) -> None:
    """A change of anything that the tests depend on has another hash, and so another cache entry."""
    assert make_tests(**changes).content_hash() != make_tests().content_hash()


def test_content_that_is_cut_elsewhere_has_another_hash() -> None:
    """Moving text from the generator to the reference is a change."""
    hashes = {
        make_tests(generator=Generator(7, 3, text[:cut]), reference=text[cut:]).content_hash()
        for text, cut in itertools.product(["ab', 'cd", "a\nb"], [0, 1, 2])
    }
    assert len(hashes) == 6


@pytest.mark.parametrize("where", ["other.yaml", "file.yaml"])
def test_the_file_does_not_matter_to_the_cache(where: str) -> None:
    """The same content in another file, with other given tests, is not made anew."""
    made = make_tests().complete(working)
    assert make_tests(where=where, given=()).complete(no_sandbox) == made[1:]


@pytest.mark.parametrize(
    "spoilt",
    ["", "{", "[]", "null", "7", '[["a", "b"]]', '[["a", 1], ["a", "b"], ["a", "b"]]', '["ab", "cd", 7]', "[" * 99999],
    ids=["empty", "cut", "none", "null", "number", "fewer", "number inside", "flat", "nested"],
)
def test_a_spoilt_cache_is_made_anew(fresh_cache: Path, spoilt: str) -> None:
    """A cache file that is none is not believed, and replaced."""
    made = make_tests().complete(working)
    (file,) = (fresh_cache / "tests").iterdir()
    file.write_text(spoilt)
    assert make_tests().complete(working) == made
    assert make_tests().complete(no_sandbox) == made


@pytest.mark.parametrize("pairs", [["{", "1"], ["[1]", "1"], ['[1, ["a"]]', '"x"'], ['{"eval": 1}', "1"]])
def test_a_spoilt_cache_of_a_function_is_made_anew(fresh_cache: Path, pairs: list[str]) -> None:
    """Text in the cache that is no value of the signature's types is not believed."""
    sandbox = as_real(ScriptedSandbox({"generator": printed('[1, ["x"]]'), "reference": returned((1, 2))}))
    made = function_tests().complete(lambda: sandbox)
    (file,) = (fresh_cache / "tests").iterdir()
    file.write_text(json.dumps([pairs] * 3))
    again = function_tests().complete(lambda: sandbox)
    assert [(type(test.input), test.output) for test in again] == [(tuple, (1, 2))] * 3
    assert again == made


def test_a_cache_that_cannot_be_written_is_done_without(fresh_cache: Path) -> None:
    """Where the cache folder cannot be made the tests are made all the same."""
    fresh_cache.write_text("a file in its place")
    assert len(make_tests().complete(working)) == 4


def test_only_whole_files_stay_in_the_cache(fresh_cache: Path) -> None:
    """No draft is left beside the finished file."""
    make_tests().complete(working)
    assert [file.suffix for file in (fresh_cache / "tests").iterdir()] == [".json"]


def test_length_and_repr_run_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of tests is known before any is made, and the repr shows no more than numbers."""
    monkeypatch.setattr("codegym.sandbox.make_sandbox", no_sandbox)
    tests = make_tests()
    assert len(tests) == 4
    assert repr(tests) == "<1 given and 3 generated tests>"


def test_index_and_iteration_make_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a sequence it makes its tests by itself, in a sandbox that it closes."""
    monkeypatch.setattr("codegym.sandbox.make_sandbox", lambda *_, **__: working())
    tests = make_tests()
    assert (tests[0], tests[-1].input, len(tests[1:])) == (GIVEN[0], "7 2\n", 3)
    assert list(tests) == [tests[n] for n in range(4)]


def failing(status: Any, stderr: bytes = b"") -> Execution:
    return Execution(status, 1, stdout=b"1\n", stderr=stderr)


@pytest.mark.parametrize("who", ["generator", "reference"])
@pytest.mark.parametrize("run", [failing("runtime_error", b"Traceback\nKeyError: 'x'\n"), failing("compile_error")])
def test_a_program_that_fails_is_the_problems_error(who: str, run: Execution) -> None:
    """A generator or reference that does not end well is a ProblemError with file, program and test."""
    with pytest.raises(
        ProblemError, match=f"^file.yaml: {who} on generated test 0: expected exit status 0.*{run.status}"
    ):
        make_tests().complete(lambda: working(**{who: run}))


@pytest.mark.parametrize("who", ["generator", "reference"])
def test_output_that_is_no_utf8_is_the_problems_error(who: str) -> None:
    """Bytes that are no text are refused, not mended."""
    with pytest.raises(ProblemError, match=f"^file.yaml: {who} on generated test 0: expected UTF-8"):
        make_tests().complete(lambda: working(**{who: Execution("ok", 0, stdout=b"\xff\n")}))


@pytest.mark.parametrize(
    "output",
    ["", "[1]", "[1, [], 2]", '{"n": 1}', "[1, 2", '["1", []]', "[true, []]", "[1, [1]]", "[NaN, []]", "[" * 99999],
    ids=["empty", "few", "many", "mapping", "cut", "text", "bool", "inside", "nan", "nested"],
)
def test_arguments_that_do_not_fit_are_the_problems_error(output: str) -> None:
    """Generated arguments must be a JSON array that fits the signature."""
    sandbox = ScriptedSandbox({"generator": printed(output), "reference": returned((1,))})
    with pytest.raises(ProblemError, match=r"^file\.yaml: generator on generated test 0: expected"):
        function_tests().complete(lambda: sandbox)


@pytest.mark.parametrize(
    "run",
    [returned(1), returned(("x",)), returned(None), Execution("ok", 0), Execution("ok", 0, result=b"{")],
    ids=["type", "inside", "none", "nothing", "forged"],
)
def test_a_result_that_does_not_fit_is_the_problems_error(run: Execution) -> None:
    """What a reference returns must fit the type that the signature says."""
    sandbox = ScriptedSandbox({"generator": printed('[1, ["x"]]'), "reference": run})
    with pytest.raises(ProblemError, match=r"^file\.yaml: reference on generated test 0: its result: expected"):
        function_tests().complete(lambda: sandbox)


@pytest.mark.parametrize("error", [ProblemError, SandboxError], ids=["of the problem", "of ours"])
def test_a_failure_is_not_cached(error: type[Exception]) -> None:
    """After a failure the same tests can be made, in this object and in another."""
    broken: Callable[[], Sandbox] = lambda: (  # noqa: E731
        Failing(working()) if error is SandboxError else working(reference=failing("runtime_error"))
    )
    tests = make_tests()
    with pytest.raises(error):
        tests.complete(broken)
    assert len(tests.complete(working)) == 4


def test_a_problem_with_a_generator_is_judged(any_sandbox: Sandbox, problem_file: Path) -> None:
    """A loaded problem's generated tests decide like given ones."""
    from codegym import load_problems

    (problem,) = load_problems(problem_file)
    assert judge(problem.reference or "", problem, sandbox=any_sandbox).passed == 10
    cheat = "n = int(input())\nprint(n * 2 if n < 105 else 0)\n"
    assert not judge(cheat, problem, sandbox=any_sandbox).accepted


def test_plain_tests_need_no_sandbox() -> None:
    """Tests that are all given are given back as they are."""
    with make_sandbox("scripted") as sandbox:
        for problem in (make_problem(), make_function_problem()):
            assert private_tests(problem.private_tests, sandbox) is problem.private_tests
