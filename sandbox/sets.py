"""In which order the constant sets of a program have their items, which a copy of its code may not have kept.

Standard library only.
"""

from opcode import opmap
from types import CodeType

LOAD_CONST, CONTAINS_OP, EXTENDED_ARG = (opmap[name] for name in ("LOAD_CONST", "CONTAINS_OP", "EXTENDED_ARG"))


def orders(code):
    """The items of the constant sets of a code object, each in its order; not of those only asked for an item."""
    found, gone_through = [], None
    for place, constant in enumerate(code.co_consts):
        if type(constant) is CodeType:
            found += orders(constant)
        elif type(constant) is frozenset:
            if gone_through is None:
                gone_through = constants_gone_through(code.co_code)
            if place in gone_through:
                found.append(list(constant))
    return found


def constants_gone_through(instructions):
    """The places of the constants that are loaded for something else than ``in``."""
    found, place = set(), 0
    for at in range(0, len(instructions), 2):
        place = place << 8 | instructions[at + 1]
        if instructions[at] == EXTENDED_ARG:
            continue
        if instructions[at] == LOAD_CONST and instructions[at + 2] != CONTAINS_OP:
            found.add(place)
        place = 0
    return found
