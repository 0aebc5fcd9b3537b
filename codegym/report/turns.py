"""What happened from turn to turn: failures and their repair, tests won and lost, answers that repeat, time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from codegym.report.runs import Row, Run
from codegym.report.similarity import can_compare, distances

PASSED = "accepted"
SOLVED, PRIVATE_FAIL, PUBLIC_FAIL = "solved", "private tests fail", "public tests fail"


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of episodes whose first program failed a public test in some way.

    Attributes:
        verdict: of turn 1.
        episodes: how many.
        passed: whose last program passes the public tests.
        solved: of these.
    """

    verdict: str
    episodes: int
    passed: int
    solved: int


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the programs of a turn are from those of the turn before.

    Attributes:
        turn: of the later program, from 2.
        programs: in all.
        repeats: of them, the very program of the turn before.
        values: 1 - chrF of a sample of the others.
        mean: over all, a repeat being 0; None where it was not measured.
    """

    turn: int
    programs: int
    repeats: int
    values: tuple[float, ...]
    mean: float | None


def failure(verdict: str, rows: Sequence[Row]) -> Failure:
    """What became of episodes whose first program got this verdict."""
    passed = sum(row.turns[-1].verdict == PASSED for row in rows)
    return Failure(verdict, len(rows), passed, sum(row.solved for row in rows))


def changed_tests(rows: Iterable[Row]) -> tuple[int, int]:
    """Public tests that came to be passed from one turn to the next, and that ceased to be."""
    repaired = broken = 0
    for row in rows:
        for before, after in pairwise(row.turns):
            for was, now in zip(before.public_verdicts, after.public_verdicts, strict=False):
                repaired += was != PASSED == now
                broken += was == PASSED != now
    return repaired, broken


def distances_by_turn(run: Run, rows: Iterable[Row]) -> tuple[Distance, ...]:
    """How far the programs of each turn are from those of the turn before."""
    programs: Counter[int] = Counter()
    repeats: Counter[int] = Counter()
    for row in rows:
        for number, turn in enumerate(row.turns[1:], 2):
            programs[number] += 1
            repeats[number] += turn.repeats
    measured: dict[int, list[float]] = defaultdict(list)
    for number, distance in distances(run.pairs) if can_compare() else []:
        measured[number].append(distance)
    return tuple(_distance(number, programs[number], repeats[number], measured[number]) for number in sorted(programs))


def _distance(turn: int, programs: int, repeats: int, values: list[float]) -> Distance:
    if repeats == programs:
        mean: float | None = 0.0
    else:
        mean = fmean(values) * (programs - repeats) / programs if values else None
    return Distance(turn, programs, repeats, tuple(values), mean)


def end_of(row: Row) -> str:
    """The state at the end of an episode."""
    return SOLVED if row.solved else PRIVATE_FAIL if row.turns[-1].verdict == PASSED else PUBLIC_FAIL


def flow_of(rows: Iterable[Row], turns: int) -> Counter[tuple[int, str, str]]:
    """Episodes by turn, state at it and state at the next; one that has ended stays as it is until the end."""
    flow: Counter[tuple[int, str, str]] = Counter()
    for row in rows:
        states = [turn.verdict for turn in row.turns]
        states += [states[-1]] * (turns - len(states)) + [end_of(row)]
        flow.update((number, *step) for number, step in enumerate(pairwise(states), 1))
    return flow


def answer_s(row: Row) -> float:
    """Seconds that the agent took in an episode."""
    return sum(turn.answer_s for turn in row.turns)


def step_s(row: Row) -> float:
    """Seconds that judging took in an episode."""
    return sum(turn.step_s for turn in row.turns)


def prompt_tokens(row: Row) -> float:
    """Tokens of an episode's questions."""
    return sum(turn.prompt_tokens for turn in row.turns)


def completion_tokens(row: Row) -> float:
    """Tokens of an episode's answers."""
    return sum(turn.completion_tokens for turn in row.turns)
