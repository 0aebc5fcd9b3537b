"""What the tests of adaptors need: the library itself, or a reason to skip."""

import importlib
from typing import Any

import pytest

from codegym import Sandbox
from codegym.integrations.choice import choice_options, choice_wrappers
from tests.conftest import REQUIRED
from tests.fakes import scripted

FAMILY = "procedural:input-format?public=1&private=2&size=50"


def need_library(name: str) -> Any:
    """The library; skip, or fail where ``integrations`` are required, if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        if "integrations" in REQUIRED:
            pytest.fail(f"{name} is required, but: {error}")
        pytest.skip(f"{name} is not installed")


def choice(**more: Any) -> dict[str, Any]:
    """Arguments of a vector environment of the choice, in which every program fails."""
    sandbox: Sandbox = scripted()
    given = {"problems": FAMILY, "sandbox": sandbox, "max_turns": 2, "env_wrappers": choice_wrappers()}
    return {**given, **choice_options(), **more}
