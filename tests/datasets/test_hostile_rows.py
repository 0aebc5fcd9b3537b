"""No row, however malformed, does more than be left out."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegym import LabelledProgram, Problem, TestCase
from codegym.datasets.registry import find_loader
from codegym.datasets.table import TableSet
from codegym.judge import encode_input
from tests.datasets.hub_rows import ROWS, write_lines

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["", "[]", "{}", "[1]", "null", '{"inputs": [], "outputs": []}', "...", "\ud800", "1e999", "class Solution"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["input", "output", "language", "solution", "seconds", "nanos", "inputs", "outputs", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("name", sorted(ROWS))
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_row_with_any_fields_is_a_problem_or_left_out(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Rows with fields replaced or gone, JSON within JSON included, load or are listed; those that load can be used."""
    row: dict[str, Any] = ROWS[name]()
    for key in data.draw(st.lists(st.sampled_from(sorted(row)), max_size=4)):
        action = data.draw(st.sampled_from(["replace", "json", "inside", "drop"]))
        if action == "replace":
            row[key] = data.draw(VALUES)
        elif action == "json":
            row[key] = json.dumps(data.draw(VALUES))
        elif action == "inside" and isinstance(row.get(key), dict) and row[key]:
            row[key] = row[key] | {data.draw(st.sampled_from(sorted(row[key]))): data.draw(VALUES)}
        else:
            row.pop(key, None)
    path = write_lines(tmp_path_factory.mktemp("hostile") / "rows.jsonl", [row])
    loader = find_loader(name)
    assert loader is not None
    problems = loader(path, None)
    assert isinstance(problems, TableSet)
    assert len(problems) + len(problems.left_out) == 1
    for out in problems.left_out:
        assert "\n" not in str(out)
        assert len(str(out)) < 600
        assert out.reason
    for problem in problems:
        use(problem)


def use(problem: Problem) -> None:
    """What a judge and an agent need of it is there and of the right type."""
    assert problem.private_tests
    for text in (problem.id, problem.title, problem.statement, *problem.tags):
        text.encode()
    for test in (*problem.public_tests, *problem.private_tests):
        assert isinstance(test, TestCase)
        encode_input(problem, test)
    assert all(
        isinstance(program, LabelledProgram) and program.source.encode() is not None for program in problem.programs
    )
