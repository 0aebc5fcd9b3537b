"""Every real backend meets the contract that ships with the package."""

import pytest

from codegym import Sandbox
from codegym.sandbox.conformance import CHECKS, Check


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(check: Check, sandbox: Sandbox) -> None:
    """Each named check of the contract holds."""
    check(sandbox)
