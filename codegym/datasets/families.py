"""Families of procedural problems: each draws a draft from random numbers and a level."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from codegym.datasets.drafts import Draft
from codegym.datasets.templates import CONDITIONS, ENDS, FOLDS, FORMATS, LISTS, LOOPS, STEPS, TERMS, numbers, operands
from codegym.mutations import changed, places

Family = Callable[[random.Random, int], Draft]

_TWO = "a, b = map(int, input().split())\n"
_OFF_BY_ONE = {("<", "<="), ("<=", "<"), (">", ">="), (">=", ">")}


def hidden_rule(rng: random.Random, level: int) -> Draft:
    """Two numbers in, one out; the rule is not told, and is seen in expected outputs alone.

    Level 1 has rules without a constant, level 2 with one, level 3 with two. The public tests tell the rule from all
    others of its level.
    """
    rules = _rules(level)
    rule = rng.choice(rules)
    others = [other for other in rules if other != rule]
    near = rng.sample(others, 4)
    return Draft(
        statement=(
            "Read two whole numbers a and b, which stand in one line. Print the number that a hidden rule makes of "
            "them.\n\nThe rule is not told. It is the same in all tests; the feedback on a program shows what was "
            "expected."
        ),
        reference=f"{_TWO}print({rule})\n",
        wrong=tuple((f"other-rule-{n}", f"{_TWO}print({other})\n") for n, other in enumerate(near, 1)),
        draw=operands(2, -30, 30),
        rivals=tuple(f"{_TWO}print({other})\n" for other in others),
    )


@cache
def _rules(level: int) -> tuple[str, ...]:
    if level == 1:
        plain = ("a + b", "a - b", "b - a", "a * b", "max(a, b)", "min(a, b)", "abs(a - b)", "a * a + b", "a + b * b")
        return (*plain, "a * b + a", "a * b - b", "abs(a) + abs(b)")
    digits = range(2, 10)
    if level == 2:
        one = ("a + b + {0}", "{0} * a + b", "a + {0} * b", "{0} * a - b", "a - {0} * b", "a * b + {0}", "a * b - {0}")
        return tuple(form.format(k) for form in (*one, "max(a, b) + {0}", "min(a, b) * {0}") for k in digits)
    two = ("{0} * a + {1} * b", "{0} * a - {1} * b", "(a + {0}) * (b - {1})", "max({0} * a, {1} * b)")
    return tuple(form.format(k, m) for form in (*two, "a * b + {0} * a - {1}") for k in digits for m in digits)


def off_by_one(rng: random.Random, level: int) -> Draft:
    """A bound of a loop, a slice or a comparison in the starter is one off; the statement tells the task.

    Level 1 has a loop, level 2 a loop with a condition, level 3 a list of which a part or a window counts.
    """
    told, code, draw = rng.choice(LISTS if level == 3 else LOOPS)
    term = rng.choice(TERMS)
    told_condition, condition = rng.choice(CONDITIONS) if level == 2 else ("", "")
    if condition:
        code = code.replace("    total +=", f"    if {condition}:\n        total +=")
    statement, reference = (text.replace("TERM", term) for text in (f"{told}{told_condition}.", code))

    def fits(old: str, new: str) -> bool:
        return new.isdecimal() or (old, new) in _OFF_BY_ONE  # one edit leads back, so no sign is added

    wrong = _mutants(rng, reference, fits, 1)  # before numbers are drawn, so that only bounds change
    statement, reference, *texts = _with_numbers(rng, statement, reference, *wrong)
    return Draft(statement, reference, _named("one-off", texts), draw)


def operator(rng: random.Random, level: int) -> Draft:
    """As many operators of the starter as the level's number are wrong; the statement has the formula."""
    formula = " ".join(rng.choice(part) for part in _FORMULAS)
    reference = f"a, b, c = map(int, input().split())\nprint({formula})\n"
    wrong = _mutants(rng, reference, lambda old, _: not old.isdecimal(), level)
    formula, reference, *texts = _with_numbers(rng, formula, reference, *wrong)
    return Draft(
        statement=(
            "Read three whole numbers a, b and c, which stand in one line. Print the value of this formula, in which "
            f"// is division rounded down and % its rest:\n\n    {formula}"
        ),
        reference=reference,
        wrong=_named("wrong-operator", texts),
        draw=operands(3, 1, 60),
    )


_FORMULAS = (
    ("a * C", "(a + D) * b", "max(a, b) * C", "(a - b) * D"),
    ("+", "-"),
    ("b * c", "c // C + b", "(b + c) % D", "min(b, c) * E", "(c - E) * a"),
)


def input_format(rng: random.Random, level: int) -> Draft:
    """The starter computes what it should, but reads the input as if it were written otherwise.

    Level 1 has formats of one line, level 2 of several too, and level 3 does not tell the format in words.
    """
    known = FORMATS[:4] if level == 1 else FORMATS
    told, write, read = rng.choice(known)
    what, formula = rng.choice(FOLDS)
    factor = rng.randint(2, 99)
    compute = f"print({formula} * {factor})\n"
    others = [other + compute for _, _, other in known if other != read]
    rng.shuffle(others)
    format_told = told if level < 3 else "The input has whole numbers; the tests show how they are written."
    return Draft(
        statement=f"{format_told} Print {factor} times {what}.",
        reference=read + compute,
        wrong=_named("other-format", others),
        draw=lambda r: write([r.randint(-40, 60) for _ in range(r.randint(3, 7))]),
    )


def two_steps(rng: random.Random, level: int) -> Draft:
    """Two steps, one after the other; programs that leave one out, or change their order, are wrong.

    Level 2 has more kinds of steps than level 1, and level 3 has a third step.
    """
    chosen = rng.sample(STEPS[:4] if level == 1 else STEPS, 2 + (level == 3))
    what, last = rng.choice(ENDS)
    order = tuple(range(len(chosen)))
    lists = dict.fromkeys([order[::-1], *((n,) for n in order), *(order[:n] + order[n + 1 :] for n in order)])

    def program(numbers: Sequence[int]) -> str:
        steps = "".join(chosen[n][1] for n in numbers)
        return f"values = list(map(int, input().split()))\n{steps}print({last})\n"

    listed = "".join(f"{n}. {words}\n" for n, (words, _) in enumerate(chosen, 1))
    statement = f"Read a line of whole numbers and do this with the list, in this order:\n\n{listed}\nPrint {what}."
    statement, reference, *texts = _with_numbers(rng, statement, program(order), *map(program, lists))
    return Draft(statement, reference, _named("other-steps", texts), numbers)


def _with_numbers(rng: random.Random, *texts: str) -> tuple[str, ...]:
    """The texts with numbers for the letters C, D and E, the same in all."""
    drawn = {"C": str(rng.randint(2, 19)), "D": str(rng.randint(20, 60)), "E": str(rng.randint(2, 4))}
    return tuple(re.sub(r"\b[CDE]\b", lambda found: drawn[found[0]], text) for text in texts)


def _named(name: str, programs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{name}-{n}", program) for n, program in enumerate(programs, 1))


def _mutants(rng: random.Random, program: str, fits: Callable[[str, str], bool], count: int) -> list[str]:
    """At most eight programs that differ from this one at so many places, none of them in its first line."""
    able = [
        (place, fitting)
        for place in places(program)
        if place.start > program.index("\n")
        and (fitting := [n for n, new in enumerate(place.alternatives) if fits(program[place.start : place.end], new)])
    ]
    found: dict[str, None] = {}
    for _ in range(24):
        mutant = program
        for place, fitting in sorted(rng.sample(able, min(count, len(able))), key=lambda one: -one[0].start):
            mutant = changed(mutant, place, rng.choice(fitting))
        found[mutant] = None
    return list(found)[:8]


FAMILIES: Mapping[str, Family] = {
    "hidden-rule": hidden_rule,
    "input-format": input_format,
    "off-by-one": off_by_one,
    "operator": operator,
    "two-steps": two_steps,
}
