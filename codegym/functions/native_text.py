"""Tests of functions in C++ as text."""

import json
from typing import Any

from codegym.functions.calls import Calls, Expected


def written(given: Calls, wanted: tuple[Any, ...]) -> str:
    """A test as a line of C++."""
    (call,), (want,) = given.calls, wanted
    expected = want if isinstance(want, Expected) else Expected(want)
    value = shown(expected.value)
    told = {
        "equal": f"{call.code} == {value}",
        "unequal": f"{call.code} != {value}",
        "close": f"abs({call.code} - {value}) <= {shown(expected.abs_tol)}",
        "true": call.code,
        "false": f"!({call.code})",
    }[expected.relation]
    return " ".join([*given.setup.split("\n"), f"assert({told});"]).strip()


def shown(value: Any) -> str:
    """A plain value as C++ writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "{" + ", ".join(map(shown, value)) + "}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
