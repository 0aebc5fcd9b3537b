"""Text that was pickled, compressed and written in base 64, unpacked as data.

A pickle is a program for a small machine that may import and call anything. Nothing of it is run here: its
instructions are read one by one, and only those are known that push one string, remember it and stop.
"""

import base64
import binascii
import pickletools
import zlib
from itertools import islice

from codegym.datasets.rows import Unusable

MOST_BYTES = 256 << 20
"""No more comes out of a compressed text."""
_MOST_INSTRUCTIONS = 64
"""A pickle of one string has about six."""
_STRINGS = frozenset({"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE"})
_HARMLESS = frozenset({"PROTO", "FRAME", "MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT", "STOP"})


def unpack(given: str, name: str, most_bytes: int = MOST_BYTES) -> str:
    """The string that was packed.

    Args:
        given: base 64 of zlib of a pickle of a string.
        name: the field, for messages.
        most_bytes: how long it may be before and after.

    Raises:
        Unusable: it is anything else.
    """
    try:
        packed = base64.b64decode("".join(given.split()), validate=True)
    except (ValueError, binascii.Error) as error:
        raise _misfit(name, f"expected JSON or base 64, got neither ({error})") from None
    return _pickled_string(_decompressed(packed, name, most_bytes), name)


def _decompressed(packed: bytes, name: str, most_bytes: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, most_bytes + 1)
    except zlib.error as error:
        raise _misfit(name, f"expected zlib data in base 64, got: {error}") from None
    if len(data) > most_bytes:
        detail = f"expected at most {most_bytes} bytes when unpacked, got more from {len(packed)}"
        raise Unusable(name, "unpacks beyond all measure", detail)
    if not stream.eof:
        raise _misfit(name, "expected whole zlib data, got a part")
    return data


def _pickled_string(data: bytes, name: str) -> str:
    found, more, strings, end = "", "", 0, 0
    try:
        for instruction, argument, place in islice(pickletools.genops(data), _MOST_INSTRUCTIONS):
            if instruction.name in _STRINGS:
                found, strings = str(argument), strings + 1
            elif instruction.name not in _HARMLESS:
                more = instruction.name
                break
            end = (place or 0) + 1
    except (ValueError, OverflowError, IndexError, MemoryError) as error:
        raise _misfit(name, f"expected a pickle of one string, got: {' '.join(str(error).split())[:100]}") from None
    if more:
        detail = f"expected a pickle of one string, got one with the instruction {more}"
        raise Unusable(name, "a pickle that does more than hold a string", detail)
    if strings != 1 or end != len(data):
        raise _misfit(name, f"expected a pickle of one string, got {strings} and {len(data) - end} more bytes")
    return found


def _misfit(name: str, detail: str) -> Unusable:
    return Unusable(name, f"{name} cannot be unpacked", detail)
