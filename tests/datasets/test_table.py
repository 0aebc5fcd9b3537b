"""Problem sets over rows: what is made when, and what is left out."""

import logging
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegym import Problem, ProblemSet
from codegym.datasets.problem_set import LeftOut
from codegym.datasets.rows import Row, Unusable
from codegym.datasets.table import Table, TableSet
from codegym.errors import ProblemError
from tests.fakes import make_problem

LEVELS = ("easy", "medium", "hard")


class ListedRows:
    """Rows from a list that counts what is read."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows, self.reads = rows, 0

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, number: int) -> Row:
        self.reads += 1
        return self.rows[number]  # type: ignore[no-any-return]

    def read(self, start: int) -> Iterator[Row | Unusable]:
        for row in self.rows[start:]:
            self.reads += 1
            yield Unusable("", "not JSON") if row is None else row

    def place(self, number: int) -> tuple[str, int]:
        return "file", number


def identify(row: Row, number: int) -> str:
    return str(row["id"])


def make(row: Row, place: str, name: str) -> Problem:
    if row.get("bad"):
        raise Unusable("bad", str(row["bad"]), f"expected it otherwise, got {row['bad']}")
    return make_problem(name, source=place, difficulty=row.get("level", "easy"), title=f"title of {name}")


def table_set(rows: list[Any]) -> tuple[TableSet, ListedRows]:
    listed = ListedRows(rows)
    return TableSet(Table(listed, identify, make, "made up"), "made up"), listed


def has(problems: ProblemSet, key: object) -> bool:
    return key in problems


def plain_rows(count: int) -> list[dict[str, Any]]:
    return [{"id": f"p{number}", "level": LEVELS[number % 3]} for number in range(count)]


@pytest.mark.parametrize(
    "ask",
    [
        lambda problems: problems[0],
        lambda problems: next(iter(problems)),
        lambda problems: problems["p0"],
        lambda problems: "p0" in problems,
        lambda problems: problems[:1][0],
    ],
    ids=["index", "iteration", "id", "membership", "slice"],
)
def test_the_first_problem_costs_no_look_at_the_rest(ask: Callable[[ProblemSet], object]) -> None:
    """Whatever concerns the first problem alone reads a row or two of a thousand."""
    problems, rows = table_set(plain_rows(1000))
    assert ask(problems)
    assert rows.reads <= 2


def test_iteration_reads_every_row_once() -> None:
    """One pass over the problems is one pass over the rows."""
    problems, rows = table_set(plain_rows(50))
    assert [problem.id for problem in problems] == [f"p{number}" for number in range(50)]
    assert rows.reads == 50
    assert len(problems) == 50
    assert rows.reads == 50, "the pass over the problems has found out how many there are"


ROWS = st.lists(
    st.one_of(
        st.none(),
        st.fixed_dictionaries(
            {
                "id": st.sampled_from([f"p{number}" for number in range(12)]),
                "bad": st.sampled_from(["", "", "broken"]),
                "level": st.sampled_from(LEVELS),
            }
        ),
    ),
    max_size=14,
)


def expected_set(rows: list[Any]) -> list[Problem]:
    """The problems that ought to be there, by the rule: the first sound row of each id."""
    found: dict[str, Problem] = {}
    for number, row in enumerate(rows):
        if row is not None and not row["bad"] and row["id"] not in found:
            found[row["id"]] = make(row, f"file, row {number}", row["id"])
    return list(found.values())


@given(ROWS, st.permutations(range(8)), st.slices(12))
def test_it_behaves_as_the_same_problems_in_an_eager_set(rows: list[Any], order: list[int], part: slice) -> None:
    """Whatever is asked first, every answer is that of a set that holds the problems."""
    problems, _ = table_set(rows)
    plain = ProblemSet(expected_set(rows), "made up")
    questions: list[Callable[[ProblemSet], Any]] = [
        list,
        len,
        lambda s: s.ids,
        lambda s: s.content_hash,
        lambda s: [s[name] for name in s.ids],
        lambda s: list(s[part]),
        lambda s: [[p.id for p in s.filter(difficulty=level)] for level in LEVELS],
        lambda s: [(has(s, f"p{n}"), has(s, make_problem(f"p{n}"))) for n in range(12)],
    ]
    for number in order:
        assert questions[number](problems) == questions[number](plain)
        assert len(problems.left_out) == len(rows) - len(plain)
    chosen = problems.filter(lambda problem: problem.id != "p3")[::-1]
    assert list(chosen) == list(plain.filter(lambda problem: problem.id != "p3")[::-1])
    assert chosen.ids == tuple(problem.id for problem in chosen)
    for name in plain.ids:
        assert has(chosen, name) is (name != "p3")


def test_what_is_left_out_is_listed_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    """Every row that is no problem is listed, and a line counts them by reason, once."""
    rows = [{"id": "a"}, None, {"id": "b", "bad": "no tests"}, {"id": "a"}, {"id": "c", "bad": "no tests"}]
    problems, _ = table_set(rows)
    with caplog.at_level(logging.WARNING, "codegym"):
        assert [(out.row, out.id, out.field, out.reason) for out in problems.left_out] == [
            (1, "", "", "not JSON"),
            (2, "b", "bad", "no tests"),
            (3, "a", "id", "an id that an earlier row has"),
            (4, "c", "bad", "no tests"),
        ]
        assert len(problems) == 1
    assert str(problems.left_out[1]) == "file, row 2, field bad: expected it otherwise, got no tests"
    (record,) = caplog.records
    assert record.getMessage() == (
        "made up: 4 of 5 rows left out: 2 x no tests; 1 x not JSON; 1 x an id that an earlier row has; "
        ".left_out lists them"
    )


def test_a_sound_row_after_a_broken_one_with_its_id_is_kept() -> None:
    """An id is taken by a problem, not by a row that is none."""
    problems, _ = table_set([{"id": "a", "bad": "no tests"}, {"id": "a"}])
    assert problems.ids == ("a",)


def test_asking_for_a_problem_that_was_left_out_says_why() -> None:
    """The id of a row that was left out is answered with the reason."""
    problems, _ = table_set([{"id": "a"}, {"id": "b", "bad": "no tests"}])
    with pytest.raises(ProblemError, match=r"got 'b', which was left out: no tests\Z"):
        problems["b"]
    with pytest.raises(ProblemError, match=r"got 'aa'; did you mean 'a'\?\Z"):
        problems["aa"]


def test_problems_are_not_kept() -> None:
    """Two looks at one problem give equal ones that were made apart: a set holds no problem."""
    problems, _ = table_set(plain_rows(3))
    assert problems[1] == problems[1]
    assert problems[1] is not problems[1]


def test_eager_sets_tell_what_was_left_out_too() -> None:
    """A set that holds its problems hands on what it was told, also to its parts."""
    out = LeftOut("file", None, "x", "", "no tests", "expected tests, got none")
    problems = ProblemSet([make_problem()], "made up", [out])
    assert problems.left_out == problems.filter(starter=False).left_out == problems[:0].left_out == (out,)
    with pytest.raises(ProblemError, match="which was left out: no tests"):
        problems["x"]


def test_a_set_survives_pickling_at_any_time() -> None:
    """A copy in another process knows as much, or finds it out."""
    problems, _ = table_set(plain_rows(9))
    copies = [pickle.loads(pickle.dumps(problems))]
    _ = problems[3]
    copies.append(pickle.loads(pickle.dumps(problems)))
    copies.append(pickle.loads(pickle.dumps(problems[2:8])))
    assert [copy.ids for copy in copies] == [problems.ids, problems.ids, problems.ids[2:8]]
    assert copies[1][5] == problems[5]


def test_threads_agree() -> None:
    """Threads that iterate, count and ask at once all see the one set."""
    rows = [row | {"bad": "broken" if number % 7 == 3 else ""} for number, row in enumerate(plain_rows(400))]
    problems, _ = table_set(rows)
    ids = [row["id"] for row in rows if not row["bad"]]
    gate = threading.Barrier(6)

    def look(number: int) -> list[str]:
        gate.wait()
        if number % 3 == 0:
            return [problem.id for problem in problems]
        if number % 3 == 1:
            return [problems[place].id for place in range(len(ids))]
        return [problems[name].id for name in ids]

    with ThreadPoolExecutor(6) as executor:
        assert all(seen == ids for seen in executor.map(look, range(6)))
    assert len(problems.left_out) == 400 - len(ids)
