"""codegym.datasets.problem_set: an immutable sequence of problems, by index or id, with a hash of its content."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym import Checker, LabelledProgram, Limits, Problem, ProblemSet, TestCase
from codegym.datasets.yaml_files import load_file
from codegym.errors import ProblemError, UsageError
from tests.conftest import SOUND
from tests.fakes import make_function_problem, make_problem

EASY = make_problem("one-a", tags=("numbers",))
HARD = make_problem("two-b", difficulty="hard", tags=("strings", "parsing"), starter=None)
FUNCTION = dataclasses.replace(make_function_problem(), id="three-c", difficulty="medium")
THREE = ProblemSet([EASY, HARD, FUNCTION], "three")


def test_order_is_kept_by_index_id_and_iteration() -> None:
    """Index, iteration, ids and slices agree on one order."""
    assert list(THREE) == [THREE[0], THREE[1], THREE[-1]] == [THREE[name] for name in THREE.ids]
    assert THREE.ids == ("one-a", "two-b", "three-c")
    assert [part.ids for part in (THREE[1:], THREE[::-1], THREE[3:])] == [THREE.ids[1:], THREE.ids[::-1], ()]
    assert THREE.index(HARD) == 1


def test_numpy_integers_are_indices() -> None:
    """What numpy's generators draw works as an index, as in every sequence."""
    assert THREE[np.int64(1)] is HARD  # type: ignore[call-overload]


@pytest.mark.parametrize("index", [3, -4, 10**30], ids=str)
def test_index_beyond_the_end_is_an_index_error(index: int) -> None:
    """An index out of range raises IndexError, without which a sequence has no end."""
    with pytest.raises(IndexError):
        THREE[index]


@pytest.mark.parametrize("key", ["one", "one-A", "", "nul\0", None, 1.5, ("one-a",), [1], b"one-a"], ids=repr)
def test_unknown_ids_are_problem_errors(key: Any) -> None:
    """Whatever is no id in the set is refused in one sentence that names the set."""
    with pytest.raises(ProblemError, match=r"\Aexpected the id of one of the 3 problems in three, got [^\n]+\Z"):
        THREE[key]


def test_near_miss_is_suggested() -> None:
    """A misspelt id is answered with the one that was meant."""
    with pytest.raises(ProblemError, match="did you mean 'three-c'"):
        THREE["tree-c"]


@pytest.mark.parametrize(
    ("key", "inside"),
    [("one-a", True), (HARD, True), ("one", False), (make_problem("other"), False), ([1], False), (0, False)],
    ids=["id", "problem", "other-id", "other-problem", "list", "index"],
)
def test_membership_is_by_id_or_problem(key: object, inside: bool) -> None:
    """`in` knows ids and problems and is False for all else."""
    assert (key in THREE) is inside


def test_ids_must_be_unique() -> None:
    """Two problems with one id are refused with the files of both."""
    other = make_problem("one-a", source="b.yaml", title="Another")
    with pytest.raises(
        ProblemError, match=r"\Ab\.yaml: field id: expected .* 'one-a', which is also that of a\.yaml\Z"
    ):
        ProblemSet([dataclasses.replace(EASY, source="a.yaml"), other], "x")


def test_same_problem_twice_is_refused() -> None:
    """One problem given twice has no id of its own either: length and ids would differ."""
    with pytest.raises(ProblemError, match="field id"):
        ProblemSet([EASY, EASY], "x")


def test_it_cannot_be_changed() -> None:
    """Changing the list that it was made of changes nothing, and items cannot be set."""
    given_list = [EASY]
    problems = ProblemSet(given_list, "x")
    given_list.append(HARD)
    assert len(problems) == 1
    with pytest.raises(TypeError):
        problems[0] = HARD  # type: ignore[index]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, ["one-a", "two-b", "three-c"]),
        ({"ids": ["three-c", "one-a"]}, ["one-a", "three-c"]),
        ({"ids": "two-b"}, ["two-b"]),
        ({"ids": []}, []),
        ({"difficulty": "hard"}, ["two-b"]),
        ({"difficulty": ("easy", "medium")}, ["one-a", "three-c"]),
        ({"difficulty": []}, []),
        ({"kind": "function"}, ["three-c"]),
        ({"tags": "parsing"}, ["two-b"]),
        ({"tags": ["numbers", "parsing"]}, ["one-a", "two-b"]),
        ({"starter": True}, ["one-a"]),
        ({"starter": False}, ["two-b", "three-c"]),
        ({"predicate": lambda problem: "c" in problem.id}, ["three-c"]),
        ({"kind": "stdin", "starter": True, "difficulty": "hard"}, []),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)
def test_filter_keeps_what_meets_every_condition(filters: dict[str, Any], ids: list[str]) -> None:
    """A filter keeps exactly the problems that meet all conditions, in the set's order, under the set's name."""
    kept = THREE.filter(**filters)
    assert (list(kept.ids), kept.name) == (ids, "three")


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"difficulty": "Hard"}, UsageError),
        ({"difficulty": ["easy", "brutal"]}, UsageError),
        ({"kind": "files"}, UsageError),
        ({"tags": "nothing"}, UsageError),
        ({"ids": ["one-a", "none"]}, ProblemError),
    ],
    ids=str,
)
def test_impossible_conditions_are_errors(filters: dict[str, Any], error: type[Exception]) -> None:
    """A condition that no problem could meet is refused: a typo does not give an empty set."""
    with pytest.raises(error, match=r"\Aexpected .*, got '"):
        THREE.filter(**filters)


@given(st.sets(st.sampled_from(["easy", "medium", "hard"])), st.booleans(), st.booleans())
def test_filters_compose(levels: set[str], starter: bool, swap: bool) -> None:
    """Two conditions at once are the same as one after the other, in either order."""
    both = THREE.filter(difficulty=levels, starter=starter)
    one, two = THREE.filter(difficulty=levels), THREE.filter(starter=starter)
    assert both.ids == (two.filter(difficulty=levels) if swap else one.filter(starter=starter)).ids


CHANGES: list[dict[str, Any]] = [
    {"id": "other"},
    {"title": "other"},
    {"statement": "other"},
    {"public_tests": (TestCase("1\n", "2\n"),)},
    {"private_tests": (TestCase("0\n", "0"),)},
    {"private_tests": (TestCase("\ud800", "0"),)},
    {"limits": Limits(cpu_s=2.5)},
    {"checker": Checker("tokens")},
    {"checker": Checker("validator", source="def validate(a, b, c): return True")},
    {"checker": Checker("validator", source="def validate(a, b, c): return False")},
    {"reference": "other"},
    {"starter": "other"},
    {"starter": None},
    {"programs": (LabelledProgram("no", "wrong_answer", "other"),)},
]


def test_hash_changes_with_the_content() -> None:
    """Any change that can change a verdict or an observation gives another hash; equal sets have equal ones.

    A labelled wrong program counts: it is what feedback ``random`` runs.
    """
    sets = [ProblemSet([make_problem(**change)], "x") for change in ({}, *CHANGES)]
    assert len({problems.content_hash for problems in sets}) == len(sets)
    assert sets[0].content_hash == ProblemSet([make_problem()], "another name").content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"returns": "float"},
        {"returns": ""},
        {"entry_point": "f"},
        {"arguments": ()},
        {"checker": Checker("value", 0.5)},
    ],
    ids=lambda change: repr(change)[1:24],
)
def test_hash_changes_with_the_interface(change: dict[str, Any]) -> None:
    """What a function problem's signature shows, or its checker forgives, changes the hash."""
    one, other = make_function_problem(), make_function_problem(**change)
    assert ProblemSet([one], "x").content_hash != ProblemSet([other], "x").content_hash


def test_hash_knows_which_tests_are_private() -> None:
    """The same tests divided otherwise into public and private are another problem."""
    tests = tuple(TestCase(f"{n}\n", f"{n * 2}\n") for n in range(4))
    hashes = {
        ProblemSet([make_problem(public_tests=tests[:n], private_tests=tests[n:])], "x").content_hash for n in (1, 2, 3)
    }
    assert len(hashes) == 3


def test_hash_tells_look_alikes_apart() -> None:
    """1, True, 1.0 and "1" as an expected value are four problems."""
    outputs = (1, True, 1.0, "1")
    sets = [ProblemSet([make_function_problem(private_tests=(TestCase((1,), out),))], "x") for out in outputs]
    assert len({problems.content_hash for problems in sets}) == 4


def test_hash_depends_on_order_and_number() -> None:
    """A part of a set, and the set in another order, have other hashes."""
    assert len({THREE.content_hash, THREE[::-1].content_hash, THREE[:2].content_hash}) == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{input: "0\\n", output: "0\\n"}', '{input: "0\\n", output: "1\\n"}'),
        ("seed: 1", "seed: 2"),
        ("count: 8", "count: 9"),
        ("seed * 100", "seed * 99"),
        ("print(int(input()) * 2)\n", "print(int(input()) * 3)\n"),
    ],
    ids=["given-private-test", "seed", "count", "generator", "reference"],
)
def test_hash_of_generated_tests_knows_what_they_depend_on(tmp_path: Path, old: str, new: str) -> None:
    """With a generator too, a change of a given private test, or of what generates, changes the hash; nothing runs."""

    def hash_of(text: str) -> str:
        path = tmp_path / "p.yaml"
        path.write_text(text)
        return ProblemSet([load_file(path)], "x").content_hash

    assert old in SOUND
    assert hash_of(SOUND) != hash_of(SOUND.replace(old, new))


@pytest.mark.parametrize("output", ["10**5000", "set('abcdefgh')", "{'k': frozenset('abcdefgh')}"])
def test_hash_is_the_same_in_every_process(output: str) -> None:
    """A set's or a huge integer's place in a test does not make the hash fail or change from run to run."""
    code = (
        "from codegym import ProblemSet, TestCase\n"
        "from tests.fakes import make_function_problem\n"
        f"problem = make_function_problem(private_tests=(TestCase((1,), {output}),))\n"
        "print(ProblemSet([problem], 'x').content_hash)"
    )
    root = str(Path(__file__).parents[2])
    hashes = []
    for seed in ("1", "2"):
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": root}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
        assert done.returncode == 0, done.stderr[-300:]
        hashes.append(done.stdout)
    assert hashes[0] == hashes[1]


def test_nothing_private_is_shown_by_its_repr() -> None:
    """Neither a set's nor a problem's repr holds private tests or programs, however it is logged."""
    problem: Problem = make_problem(
        private_tests=(TestCase("PLANT", "PLANT"),),
        reference="PLANT",
        checker=Checker("validator", source="PLANT"),
        programs=(LabelledProgram("x", "accepted", "PLANT"),),
    )
    assert "PLANT" not in f"{problem!r} {ProblemSet([problem], 'x')!r}"
