"""Where the files of a data set are found."""

import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codegym import dataset_names, load_problems
from codegym.datasets import hub as hub_module
from codegym.errors import ProblemError, UsageError
from tests.datasets.hub_rows import ROWS, code_contests_row, livecodebench_row, write_lines, write_parquet

LAYOUT = {
    "train": ["data/train-00000-of-00002-abc.parquet", "data/train-00001-of-00002-def.parquet"],
    "valid": ["data/valid-00000-of-00001-abc.parquet"],
    "test": ["data/test-00000-of-00001-abc.parquet"],
}


def lay_out(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    for files in LAYOUT.values():
        for file in files:
            write_parquet(folder / file, "code_contests", [code_contests_row(name=Path(file).name)])
    return folder


@pytest.mark.parametrize("split", ["train", "valid", "test", None])
def test_split_of_a_folder_in_the_hubs_layout(tmp_path: Path, split: str | None) -> None:
    """A split is the files that the hub has for it, wherever the folder is; without one it is the set's default."""
    folder = lay_out(tmp_path / "train")
    wanted = [Path(file).name for file in LAYOUT[split or "train"]]
    for path in (folder, folder / "data"):
        problems = load_problems(f"code_contests:{split}" if split else "code_contests", path=path)
        assert list(problems.ids) == wanted


def test_split_of_a_folder_by_the_words_of_its_files_names(tmp_path: Path) -> None:
    """Files of other names are told apart by the split's name in theirs."""
    for name in ("my_valid_rows", "my-train", "other"):
        write_lines(tmp_path / f"{name}.jsonl", [code_contests_row(name=name)])
    assert load_problems("code_contests:valid", path=tmp_path).ids == ("my_valid_rows",)
    assert load_problems("code_contests", path=tmp_path).ids == ("my-train",)
    with pytest.raises(ProblemError, match=r"expected files of split 'test' [^\n]+ got my-train.jsonl, [^\n]+\Z"):
        load_problems("code_contests:test", path=tmp_path)


def test_folder_without_splits_is_read_whole(tmp_path: Path) -> None:
    """Where no file's name speaks of a split and none was asked for, all are read, in the order of their names."""
    for name in "bac":
        write_lines(tmp_path / f"{name}.jsonl", [code_contests_row(name=name)])
    assert load_problems("code_contests", path=tmp_path).ids == ("a", "b", "c")


def test_descriptions_beside_the_data_are_no_data(tmp_path: Path) -> None:
    """JSON files beside Parquet or JSON lines, as data sets have them to describe themselves, are not read."""
    (tmp_path / "dataset_info.json").write_text('[{"splits": {}}]')
    write_lines(tmp_path / "rows.jsonl", [code_contests_row(name="a")])
    assert load_problems("code_contests", path=tmp_path).ids == ("a",)
    (tmp_path / "data").mkdir()
    write_parquet(tmp_path / "data" / "rows.parquet", "code_contests", [code_contests_row(name="b")])
    assert load_problems("code_contests", path=tmp_path).ids == ("b",)


def test_releases_add_up(tmp_path: Path) -> None:
    """A release of LiveCodeBench is the files of all versions up to it."""
    for number in range(1, 7):
        name = f"test{number if number > 1 else ''}.jsonl"
        write_lines(tmp_path / name, [livecodebench_row(question_id=f"q{number}")])
    assert load_problems("livecodebench:release_v3", path=tmp_path).ids == ("q1", "q2", "q3")
    assert load_problems("livecodebench:v4", path=tmp_path).ids == ("q4",)
    assert len(load_problems("livecodebench", path=tmp_path)) == 6


@pytest.mark.parametrize("name", ["nothing", "rows.csv", "empty", "a\0b", "x" * 5000])
def test_path_with_no_rows_is_refused_by_name(tmp_path: Path, name: str) -> None:
    """A path that is missing, of another kind or empty is answered in a sentence."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "rows.csv").write_text("a,b")
    with pytest.raises(ProblemError, match=r"\A[^\n]*expected [^\n]+\Z"):
        load_problems("apps", path=tmp_path / name)


class FakeHub:
    """The hub's library, with a hub that answers or does not, and a cache with some files or none."""

    def __init__(self, folder: Path | None, *, online: bool) -> None:
        self.folder, self.online, self.asked = folder, online, list[Any]()

    def HfApi(self) -> Any:
        def dataset_info(repository: str, timeout: float) -> None:
            if not self.online:
                raise ConnectionError("Name or service\nnot known")

        return SimpleNamespace(dataset_info=dataset_info)

    def snapshot_download(
        self, repository: str, *, repo_type: str, allow_patterns: Sequence[str], local_files_only: bool
    ) -> str:
        self.asked.append((repository, tuple(allow_patterns), local_files_only))
        if self.folder is None:
            raise FileNotFoundError("nothing cached")
        return str(self.folder)


def test_hub_is_asked_for_the_files_of_the_split_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a set on the hub only the split's files are fetched and read."""
    hub = FakeHub(lay_out(tmp_path / "hub"), online=True)
    monkeypatch.setattr(hub_module, "library", lambda name: hub)
    assert list(load_problems("code_contests:valid").ids) == [Path(LAYOUT["valid"][0]).name]
    assert hub.asked == [("deepmind/code_contests", ("data/valid-*.parquet",), False)]


def test_without_a_network_the_cache_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched once is there without a network, and nothing else is asked of it."""
    hub = FakeHub(lay_out(tmp_path / "hub"), online=False)
    monkeypatch.setattr(hub_module, "library", lambda name: hub)
    assert len(load_problems("code_contests")) == 2
    assert hub.asked == [("deepmind/code_contests", ("data/train-*.parquet",), True)]


@pytest.mark.parametrize("name", sorted(ROWS.keys() - {"xcodeeval"}))
def test_without_network_and_cache_one_sentence_comes_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real library, told to be offline, is given up at once with what to do."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", "/nonexistent")
    started = time.monotonic()
    with pytest.raises(ProblemError, match=r"\Aexpected the data set [^\n]+ got: [^\n]+; give path= with a local copy"):
        load_problems(name)
    assert time.monotonic() - started < 5


def test_splits_that_are_not_cached_are_not_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache with another split's files alone is answered as none, with why the hub was not asked."""
    folder = lay_out(tmp_path / "hub")
    (folder / LAYOUT["valid"][0]).unlink()
    monkeypatch.setattr(hub_module, "library", lambda name: FakeHub(folder, online=False))
    with pytest.raises(ProblemError, match=r"got: Name or service not known; give path="):
        load_problems("code_contests:valid")


@pytest.mark.parametrize("name", sorted(ROWS.keys() - {"xcodeeval"}))
def test_unknown_split_names_the_known_ones(name: str) -> None:
    """A split that the set does not have is refused with those it has."""
    assert name in dataset_names()
    with pytest.raises(UsageError, match=rf"\Aexpected a split [^\n]*test[^\n]* of {name}, got 'dev'\Z"):
        load_problems(f"{name}:dev")
