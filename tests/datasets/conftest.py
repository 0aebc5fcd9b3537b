"""Where real data are, for tests that use them."""

import os
from pathlib import Path

import pytest


def shared_data(name: str) -> Path:
    """A file of real data; the test skips where there is none."""
    folder = Path(os.environ.get("CODEGYM_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data")
    if not (folder / name).exists():
        pytest.skip(f"no {name} in {folder}; CODEGYM_TEST_DATA names the folder with real data")
    return folder / name
