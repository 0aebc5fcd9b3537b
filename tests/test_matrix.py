"""Tests of codegym.bench.matrix, and of the command that runs one."""

import json
from pathlib import Path
from typing import Any

import pytest

from codegym.bench.matrix import read_matrix
from codegym.errors import UsageError
from tests.conftest import SOUND
from tests.test_cli import Run, box, run

__all__ = ["box", "run"]
MATRIX = """\
agents: [oracle, {agent: repair, name: mender}, wrong]
feedback: [all_failures, none]
turns: [1, 3]
problems: [{problems: set, name: two}]
rollouts: 2
n_at_k: [[1, 3]]
"""
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    """Three agents, two feedback modes, one turn or three, on two problems."""
    (tmp_path / "set").mkdir()
    for name in "ab":
        (tmp_path / "set" / f"{name}.yaml").write_text(SOUND.replace("id: double", f"id: {name}"))
    (tmp_path / "m.yaml").write_text(MATRIX)
    return tmp_path / "m.yaml"


def test_every_combination_is_a_run(matrix: Path) -> None:
    """Agents, problem sets, feedback modes and turns, each with each, in that order, under names of their own."""
    read = read_matrix(matrix)
    assert read.pairs == ((1, 3),)
    assert [cell.name for cell in read.cells] == [
        f"{agent}_two_{mode}_{turns}-turns"
        for agent in ("oracle", "mender", "wrong")
        for mode in ("all_failures", "none")
        for turns in (1, 3)
    ]
    assert {(cell.settings.rollouts, cell.source.problems) for cell in read.cells} == {(2, "set")}


def test_the_table_of_a_matrix_is_what_can_be_computed_by_hand(
    run: Run, box: tuple[str, str], matrix: Path, tmp_path: Path
) -> None:
    """``oracle`` solves all at once; ``repair`` all in its second turn, none where there is one; ``wrong`` none.

    Its program passes public tests and fails a private one, so its episodes end at the first turn, but where there is
    no feedback, which always has all turns.
    """
    done = run("bench", "--matrix", "m.yaml", *box, "--out", "all", "--json")
    assert done.status == 0
    found = {
        (cell["agent"], cell["feedback"], cell["turns"]): (cell["groups"][0]["solved"], cell["groups"][0]["turns"])
        for cell in done.json["cells"]
    }
    assert found == {
        ("oracle", "all_failures", 1): (4, 1.0),
        ("oracle", "all_failures", 3): (4, 1.0),
        ("oracle", "none", 1): (4, 1.0),
        ("oracle", "none", 3): (4, 3.0),
        ("mender", "all_failures", 1): (0, 1.0),
        ("mender", "all_failures", 3): (4, 2.0),
        ("mender", "none", 1): (0, 1.0),
        ("mender", "none", 3): (4, 3.0),
        ("wrong", "all_failures", 1): (0, 1.0),
        ("wrong", "all_failures", 3): (0, 1.0),
        ("wrong", "none", 1): (0, 1.0),
        ("wrong", "none", 3): (0, 3.0),
    }
    named = json.loads((tmp_path / "all" / "matrix.json").read_text())["cells"]
    assert [cell["run"] for cell in named] == [cell["cell"] for cell in done.json["cells"]]
    before = {cell["run"]: (tmp_path / "all" / cell["run"] / "episodes.jsonl").read_bytes() for cell in named}
    refused = run("bench", "--matrix", "m.yaml", *box, "--out", "all", "--json")
    assert (refused.status, "--resume" in refused.err) == (2, True)
    again = run("bench", "--matrix", "m.yaml", *box, "--out", "all", "--resume")
    assert again.status == 0
    assert again.out.count("100.0%") == 6
    assert {name: (tmp_path / "all" / name / "episodes.jsonl").read_bytes() for name in before} == before


def test_a_run_that_cannot_be_made_keeps_no_other_from_it(run: Run, box: tuple[str, str], matrix: Path) -> None:
    """An agent that is not there is told at the end, with status 1, and the others are run."""
    matrix.write_text("agents: ['replay:missing.jsonl', oracle]\nproblems: [set]\n")
    done = run("bench", "--matrix", "m.yaml", *box, "--out", "all", "--json")
    assert done.status == 1
    assert "missing.jsonl" in done.json["cells"][0]["error"]
    assert done.json["cells"][1]["groups"][0]["solved"] == 2
    shown = run("bench", "--matrix", "m.yaml", *box, "--out", "other")
    assert (shown.status, "not run" in shown.out, "missing.jsonl" in shown.out) == (1, True, True)


BAD: dict[str, Any] = {
    "no agents": "feedback: [none]",
    "agents no list": "agents: oracle",
    "agents empty": "agents: []",
    "agent a number": "agents: [7]",
    "agent without a name": "agents: [{temperature: 1}]",
    "unknown field": "agents: [oracle]\ncolour: red",
    "unknown field of an agent": "agents: [{agent: oracle, colour: red}]",
    "temperature": "agents: [{agent: oracle, temperature: warm}]",
    "extract": "agents: [{agent: oracle, extract: middle}]",
    "feedback": "agents: [oracle]\nfeedback: [loud]",
    "turns": "agents: [oracle]\nturns: [0]",
    "turns a text": "agents: [oracle]\nturns: ['3']",
    "rollouts": "agents: [oracle]\nrollouts: true",
    "seed": "agents: [oracle]\nseed: x",
    "seed below 0": "agents: [oracle]\nseed: -1",
    "language": "agents: [oracle]\nlanguage: cobol",
    "n above k": "agents: [oracle]\nn_at_k: [[3, 1]]",
    "problems": "agents: [oracle]\nproblems: [[]]",
    "path": "agents: [oracle]\nproblems: [{problems: mbpp, path: 7}]",
    "twins": "agents: [oracle, oracle]",
    "twins by name": "agents: [oracle, {agent: wrong, name: oracle}]",
    "system": "agents: [{agent: oracle, system: missing.txt}]",
    "out": "agents: [oracle]\nout: 7",
    "yaml": "agents: [",
    "list": "- a",
    "twins once cleaned": "agents: [{agent: oracle, name: ../../x}, {agent: wrong, name: /x}]",
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_no_matrix_is_refused(tmp_path: Path, case: str) -> None:
    """Each mistake is a UsageError that names the file, and the field where there is one."""
    file = tmp_path / "m.yaml"
    file.write_text(BAD[case] + "\n")
    with pytest.raises(UsageError, match=r"missing\.txt" if case == "system" else r"m\.yaml"):
        read_matrix(file)


def test_names_make_folders_in_the_matrix_alone(tmp_path: Path) -> None:
    """No name reaches out of the folder of the matrix."""
    (tmp_path / "m.yaml").write_text("agents: [{agent: oracle, name: ../../x}, {agent: wrong, name: .hidden/..}]\n")
    names = [cell.name for cell in read_matrix(tmp_path / "m.yaml").cells]
    assert all("/" not in name and not name.startswith(".") for name in names)


def test_the_example_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix that ships names agents, modes and problems that there are."""
    monkeypatch.chdir(ROOT)
    assert len(read_matrix(Path("examples/matrix.yaml")).cells) == 12


def test_options_that_a_matrix_has_are_refused_beside_it(run: Run, matrix: Path) -> None:
    """What the file says cannot be said on the command line too."""
    for words in (("--turns", "3"), ("--agent", "oracle"), ("--problems", "x"), ("--temperature", "1")):
        done = run("bench", "--matrix", "m.yaml", *words)
        assert (done.status, words[0] in done.err) == (2, True)
    done = run("bench", "--json")
    assert (done.status, "--agent" in done.err) == (2, True)
