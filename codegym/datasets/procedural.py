"""Procedural problems without end: ``load_problems("procedural:hidden-rule?seed=0&size=1000")``.

A problem is made when it is asked for, of its family, the seed, its number and the knobs alone; the last ones asked
for are kept. See :mod:`codegym.datasets.families` for what there is and :mod:`codegym.datasets.drafts` for what
holds of each problem.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from codegym.datasets.drafts import Knobs, finished
from codegym.datasets.families import FAMILIES
from codegym.datasets.problem_set import LeftOut, ProblemSet
from codegym.errors import ProblemError, UsageError
from codegym.problem import Problem

_DRAFTS = 20
_HASHED = 32
_SWITCHES = ("starter", "shown", "alike")
_LARGEST = {"seed": 2**63 - 1, "size": 10**9, "level": 3, "public": 50, "private": 200} | dict.fromkeys(_SWITCHES, 1)
_LEAST = {"seed": 0, "size": 1, "level": 1, "public": 1, "private": 2} | dict.fromkeys(_SWITCHES, 0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a procedural set depends on.

    Attributes:
        family: one of :data:`codegym.datasets.families.FAMILIES`.
        seed: of the set.
        knobs: see there.
    """

    family: str
    seed: int
    knobs: Knobs

    def id(self, number: int) -> str:
        """The id of a problem."""
        return f"{self.family}-{self.knobs.level}-{self.seed}-{number}"

    def make(self, number: int) -> Problem:
        """The problem of this number.

        Raises:
            ProblemError: no tests were found that keep the promises; there are too few public ones.
        """
        return _made(self, number)


@lru_cache(maxsize=4096)
def _made(recipe: Recipe, number: int) -> Problem:
    knobs = recipe.knobs
    rng = random.Random(f"{recipe.family} {recipe.seed} {number} {knobs.level}")
    title = f"{recipe.family.replace('-', ' ').capitalize()}, number {number} of seed {recipe.seed}"
    for _ in range(_DRAFTS):
        draft = FAMILIES[recipe.family](rng, knobs.level)
        problem = finished(draft, rng, knobs, recipe.id(number), title, recipe.family)
        if problem is not None:
            return problem
    raise ProblemError(
        f"expected tests that decide the problem {recipe.id(number)}, got none with {knobs.public} public ones; "
        "ask for more with public="
    )


class ProceduralSet(ProblemSet):
    """Problems of a recipe, by number.

    Args:
        recipe: what they are made of.
        numbers: which, in order.
        name: as for every set.
    """

    def __init__(self, recipe: Recipe, numbers: Sequence[int], name: str) -> None:
        self.name = name
        self._recipe, self._numbers = recipe, numbers
        self._chosen = numbers if isinstance(numbers, range) else frozenset(numbers)

    def __len__(self) -> int:
        """Number of problems."""
        return len(self._numbers)

    def __iter__(self) -> Iterator[Problem]:
        """All problems, in order, each made when its turn comes."""
        return map(self._recipe.make, self._numbers)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order."""
        return tuple(map(self._recipe.id, self._numbers))

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Nothing."""
        return ()

    @property
    def content_hash(self) -> str:
        """Of the recipe, which problems, and what some of them are: there may be more than could be made."""
        step = max(1, len(self) // _HASHED)
        some = ProblemSet([self._at(n) for n in range(0, len(self), step)][:_HASHED], self.name).content_hash
        return hashlib.sha256(repr((self._recipe, self._numbers, some)).encode()).hexdigest()[:16]

    def _at(self, index: int) -> Problem:
        return self._recipe.make(self._numbers[index])

    def _named(self, problem_id: str) -> Problem | None:
        number = problem_id.rpartition("-")[2]
        if not number.isdecimal() or len(number) > 10 or problem_id != self._recipe.id(int(number)):
            return None
        return self._recipe.make(int(number)) if int(number) in self._chosen else None

    def _pick(self, indices: Sequence[int]) -> "ProceduralSet":
        return ProceduralSet(self._recipe, tuple(self._numbers[index] for index in indices), self.name)

    def _slice(self, key: slice) -> "ProceduralSet":
        return ProceduralSet(self._recipe, self._numbers[key], self.name)

    def _unknown(self, key: object) -> str:
        example = self._recipe.id(self._numbers[0]) if len(self) else "none"
        return f"expected the id of one of the {len(self)} problems in {self.name}, such as {example}, got {key!r}"


def load(
    path: Path | None,
    split: str | None,
    *,
    seed: int = 0,
    size: int = 1000,
    level: int = 1,
    public: int = 3,
    private: int = 10,
    starter: bool = True,
    shown: bool | None = None,
    alike: bool = False,
) -> ProceduralSet:
    """The problems of a family.

    Args:
        path: must be None: nothing is read.
        split: the family, and options after a question mark, which come before the arguments:
            ``hidden-rule?seed=0&size=1000``.
        seed: another one gives other problems.
        size: how many.
        level: 1 to 3, from easy to hard.
        public: number of public tests.
        private: number of private tests.
        starter: whether a wrong program is given to be repaired.
        shown: whether the public tests are shown with the problem, or only in feedback; by default shown but for
            ``hidden-rule``.
        alike: whether public inputs are the same in all problems.

    Raises:
        UsageError: there is no such family, or an option is not what it must be.
    """
    if path is not None:
        raise UsageError(f"expected no path with procedural problems, got {str(path)!r}")
    family, _, query = (split or "").partition("?")
    if family not in FAMILIES:
        raise UsageError(f"expected procedural: and a family among {', '.join(FAMILIES)}, got {family!r}")
    given = {"seed": seed, "size": size, "level": level, "public": public, "private": private, "starter": starter}
    given["alike"] = alike
    given["shown"] = family != "hidden-rule" if shown is None else shown
    numbers = {name: _number(name, value) for name, value in (given | _asked(query, given)).items()}
    knobs = Knobs(
        level=numbers["level"],
        public=numbers["public"],
        private=numbers["private"],
        starter=bool(numbers["starter"]),
        shown=bool(numbers["shown"]),
        alike=bool(numbers["alike"]),
    )
    changed = {name: value for name, value in asdict(knobs).items() if value != getattr(Knobs(), name)}
    changed.pop("shown", None) if family == "hidden-rule" and not knobs.shown else None
    rest = "".join(f"&{name}={int(value)}" for name, value in changed.items())
    name = f"procedural:{family}?seed={numbers['seed']}&size={numbers['size']}{rest}"
    return ProceduralSet(Recipe(family, numbers["seed"], knobs), range(numbers["size"]), name)


def _asked(query: str, known: dict[str, Any]) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise UsageError(f"expected options name=value with & between them after '?', got {query!r:.80}") from None
    for name, _ in pairs:
        if name not in known:
            raise UsageError(f"expected procedural options {', '.join(known)}, got {name!r:.80}")
    return dict(pairs)


def _number(name: str, value: object) -> int:
    words = {"true": 1, "false": 0}
    number: object = value
    if isinstance(value, str):
        number = int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else words.get(value.lower())
    if not isinstance(number, int) or not _LEAST[name] <= number <= _LARGEST[name]:
        raise UsageError(
            f"expected {name} as a whole number from {_LEAST[name]} to {_LARGEST[name]}, got {value!r:.80}"
        )
    return int(number)
