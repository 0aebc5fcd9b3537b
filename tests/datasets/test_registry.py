"""Names of data sets, and what they stand for."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from codegym import CodeRepairEnv, ProblemSet, dataset_names, load_problems, register_dataset
from codegym.datasets import registry
from codegym.errors import ProblemError, UsageError
from tests.datasets.hub_rows import code_contests_row, write_lines
from tests.fakes import make_problem


@pytest.fixture(autouse=True)
def own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {})


def test_registered_loader_gets_path_split_and_options() -> None:
    """A registered loader is asked with what stood in the call, the split being what follows the first colon."""
    asked: list[Any] = []

    def load(path: Path | None, split: str | None, *, level: int = 0) -> ProblemSet:
        asked.append((path, split, level))
        return ProblemSet([make_problem()], "mine")

    register_dataset("mine", load)
    load_problems("mine")
    load_problems("mine:a:b", path="x/y", level=3)
    assert asked == [(None, None, 0), (Path("x/y"), "a:b", 3)]
    assert "mine" in dataset_names()


def test_later_registration_wins_over_a_built_in_name() -> None:
    """One's own loader may take the place of one that comes with the package."""
    mine = ProblemSet([make_problem()], "mine")
    register_dataset("apps", lambda path, split: mine)
    assert load_problems("apps") is mine


def test_entry_points_of_installed_packages_are_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package's entry point in the group codegym.datasets is loaded when its name is asked for, not before."""
    point = EntryPoint("theirs", "tests.datasets.test_registry:load_theirs", "codegym.datasets")
    broken = EntryPoint("gone", "tests.no_such_module:load", "codegym.datasets")
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda group: [point, broken] * (group == "codegym.datasets")
    )
    assert load_problems("theirs:dev").name == "theirs dev"
    with pytest.raises(ProblemError, match=r"\Aexpected the loader of 'gone' to be importable, got: [^\n]+\Z"):
        load_problems("gone")


def load_theirs(path: Path | None, split: str | None) -> ProblemSet:
    return ProblemSet([make_problem()], f"theirs {split}")


@pytest.mark.parametrize("name", ["", "a:b", "builtin", None, 3])
def test_names_that_cannot_be_asked_for_are_refused(name: Any) -> None:
    """A name with a colon could never be found, and builtin is not to be replaced."""
    with pytest.raises(UsageError, match="expected a name without a colon"):
        register_dataset(name, load_theirs)


@pytest.mark.parametrize(
    ("source", "near"),
    [("code_contest", "code_contests"), ("code-contests:valid", "code_contests"), ("livecodbench", "livecodebench")],
)
def test_unknown_name_is_one_sentence_with_the_nearest(source: str, near: str) -> None:
    """A misspelt name is answered in one line with the one that was meant."""
    with pytest.raises(ProblemError, match=rf"\Aexpected 'builtin'[^\n]+; did you mean '{near}'\?\Z"):
        load_problems(source)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("code_contests:",), {}),
        (("code_contests:dev",), {}),
        (("code_contests",), {"examples": -1}),
        (("code_contests",), {"examples": True}),
        (("code_contests",), {"time_factor": 0}),
        (("code_contests",), {"time_factor": float("nan")}),
        (("code_contests",), {"factor": 3}),
        (("livecodebench",), {"start_date": "soon"}),
        (("builtin:train",), {}),
        (("builtin",), {"examples": 1}),
        (("nothing-known", "somewhere"), {}),
        ((ProblemSet([make_problem()], "x"), "somewhere"), {}),
        (([make_problem()],), {"examples": 1}),
    ],
    ids=str,
)
def test_bad_use_is_refused_before_anything_is_fetched(arguments: Any, options: dict[str, Any]) -> None:
    """A split, option or path that the source does not know is an error of use, in one line."""
    with pytest.raises(UsageError, match=r"\Aexpected [^\n]+\Z"):
        load_problems(*arguments, **options)


def test_unknown_option_names_those_there_are() -> None:
    """The complaint of an unknown option lists the set's options."""
    with pytest.raises(UsageError, match="expected options time_factor, examples for code_contests, got factor"):
        load_problems("code_contests", factor=2)


def test_built_in_loaders_are_imported_when_asked_for() -> None:
    """Importing codegym imports no loader and no data library."""
    script = (
        "import sys, codegym; codegym.dataset_names();"
        "print([m for m in sys.modules if m in ('codegym.datasets.apps', 'datasets', 'pyarrow', 'huggingface_hub')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet"])
def test_rows_without_the_name_of_their_set_are_not_guessed_at(tmp_path: Path, name: str) -> None:
    """A file of rows given as the source is answered with how to say what it is."""
    (tmp_path / name).write_text("{}")
    with pytest.raises(ProblemError, match=r"expected the name of the set whose rows these are, got none; write load_"):
        load_problems(tmp_path / name)


def test_environment_takes_a_named_set_and_its_options(tmp_path: Path) -> None:
    """The environment hands its options on, so that a set at a path can be played."""
    path = write_lines(tmp_path / "rows.jsonl", [code_contests_row()])
    env = CodeRepairEnv("code_contests:train", problem_options={"path": str(path), "time_factor": 4.0})
    env.reset(seed=0)
    assert (env.problem.id, env.problem.limits.cpu_s) == ("1_A. Twice", 6.0)
