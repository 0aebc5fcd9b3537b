"""What docs/datasets.md says is so."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from codegym.datasets import registry
from codegym.datasets.registry import BUILT_IN, find_loader
from tests.datasets.hub_rows import ROWS

TEXT = (Path(__file__).parents[2] / "docs" / "datasets.md").read_text(encoding="utf-8")
TABLE = {
    cells[0].split("`")[1]: cells
    for line in TEXT.splitlines()
    if line.startswith("| `") and len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 4
}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_the_table_has_the_sets_splits_and_options(name: str) -> None:
    """Place on the hub, splits, default and options are those of the loader."""
    _, hub, splits, options = TABLE[name]
    loader = find_loader(name)
    assert loader is not None
    published = import_module(BUILT_IN[name].partition(":")[0]).PUBLISHED
    assert hub == f"`{published.repository}`"
    assert f"**{published.default}**" in splits
    named = set(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", splits)))
    assert named <= set(published.splits)
    parameters = inspect.signature(loader).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    assert re.findall(r"`(\w+)`", options) == known


def test_the_example_of_a_loader_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code shown for a set of one's own runs as it stands and gives what it asks for."""
    monkeypatch.setattr(registry, "_registered", {})
    (example,) = [code for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "def load" in code]
    names: dict[str, object] = {}
    exec(example, names)
    problems = registry.load_problems("times", most=5)
    assert problems.ids == ("times-2", "times-3", "times-4")
