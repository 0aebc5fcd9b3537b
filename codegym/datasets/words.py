"""Limits that are written in words."""

import re

_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_UNITS = {"g": 1 << 30, "m": 1 << 20, "k": 1 << 10, "b": 1}


def seconds(words: str) -> float | None:
    """From ``2.0 seconds`` or ``500 ms``; None where no number is given."""
    words = words.lower()
    number = _NUMBER.search(words)
    if not number:
        return None
    return float(number[0]) / (1000 if re.search(r"[0-9]\s*(?:ms|milli)", words) else 1)


def memory_bytes(words: str) -> int | None:
    """From ``256.0 megabytes`` or ``512 MB``; None where no number with a unit is given."""
    found = re.search(rf"({_NUMBER.pattern})\s*([gmkb])", words.lower())
    return int(float(found[1]) * _UNITS[found[2]]) if found else None
