"""What a run showed: numbers of its episodes, each of which that ended counts, and no other."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from codegym.datasets.problem_set import DIFFICULTIES
from codegym.errors import UsageError
from codegym.metrics import Comparison, Interval, bootstrap_interval, compare, n_at_k_of_rollouts
from codegym.report.runs import Row, Run
from codegym.report.turns import (
    PASSED,
    Distance,
    Failure,
    answer_s,
    changed_tests,
    completion_tokens,
    distances_by_turn,
    failure,
    flow_of,
    prompt_tokens,
    step_s,
)

MANY = 0.05
"""Share of errors from which on a report warns of them."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers of some episodes.

    Attributes:
        name: which.
        problems: that they are on.
        episodes: how many.
        solved: of them.
        rate: mean over the problems of the share of their episodes solved (1@turns), with its interval.
        turns: mean number of turns.
    """

    name: str
    problems: int
    episodes: int
    solved: int
    rate: Interval
    turns: float


@dataclass(frozen=True, slots=True)
class AtK:
    """An n@k of a run.

    Attributes:
        n: submissions at most.
        k: samples; every turn is one.
        rollouts: drawn of each problem's, k // turns.
        problems: that have so many.
        rate: mean over them; None where it cannot be said.
        why_not: why it cannot.
    """

    n: int
    k: int
    rollouts: int
    problems: int
    rate: Interval | None
    why_not: str = ""

    @property
    def name(self) -> str:
        """As in the literature."""
        return f"{self.n}@{self.k}"


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers of a run.

    Attributes:
        run: the run.
        total: all episodes that ended.
        by_difficulty: by the problem's difficulty.
        at_k: the n@k that were asked for.
        by_turns: the share solved within 1, 2, ... turns; empty where episodes go on after a program that passes, as
            with feedback ``none``, for then nothing is known of those programs.
        problems: the share solved of each problem's episodes.
        first: verdicts of turn 1 on the public tests.
        last: verdicts of the last turn on the public tests.
        final: verdicts at the end, on public and then private tests.
        failures: what became of those that failed in turn 1, by kind.
        repaired: episodes whose first program fails the public tests and whose last one solves.
        broken: episodes whose first program passes the public tests and whose last one does not.
        tests_repaired: public tests that a turn's program passes and the one before does not, over all turns.
        tests_broken: the other way round.
        distances: of the programs of turn 2, 3, ...
        flow: episodes by turn (from 1), state then and state at the next turn; the last turn leads to the end.
    """

    run: Run
    total: Group
    by_difficulty: tuple[Group, ...]
    at_k: tuple[AtK, ...]
    by_turns: tuple[Interval, ...]
    problems: dict[str, float]
    first: Counter[str]
    last: Counter[str]
    final: Counter[str]
    failures: tuple[Failure, ...]
    repaired: int
    broken: int
    tests_repaired: int
    tests_broken: int
    distances: tuple[Distance, ...]
    flow: Counter[tuple[int, str, str]]

    @property
    def passed_only(self) -> int:
        """Episodes whose last program passes all public tests and fails a private one."""
        return self.last[PASSED] - self.total.solved

    @property
    def many_errors(self) -> bool:
        """Whether so many episodes failed that the others may say something else than all would."""
        return self.run.errors > MANY * len(self.run.rows)

    def mean(self, of: Callable[[Row], float]) -> float:
        """The mean of something over the episodes; 0 of none."""
        return fmean(map(of, ended)) if (ended := self.run.ended) else 0.0


def summarize_run(run: Run, pairs: Sequence[Pair] = ()) -> Summary:
    """The numbers of a run.

    Args:
        run: the run.
        pairs: the n and k of each n@k wanted; by default what the run was made for.
    """
    rows = run.ended
    levels = sorted({row.difficulty for row in rows}, key=lambda d: (*DIFFICULTIES, d).index(d))
    first = Counter(row.turns[0].verdict for row in rows)
    failed = [row for row in rows if row.turns[0].verdict != PASSED]
    repaired, broken = changed_tests(rows)
    return Summary(
        run=run,
        total=_group("all", rows),
        by_difficulty=tuple(_group(level, [r for r in rows if r.difficulty == level]) for level in levels),
        at_k=tuple(_at_k(run, rows, n, k) for n, k in pairs or _said(run)),
        by_turns=_by_turns(run, rows),
        problems={name: fmean(row.solved for row in of) for name, of in _by_problem(rows).items()},
        first=first,
        last=Counter(row.turns[-1].verdict for row in rows),
        final=Counter(row.verdict for row in rows),
        failures=tuple(
            failure(verdict, [row for row in failed if row.turns[0].verdict == verdict])
            for verdict, _ in first.most_common()
            if verdict != PASSED
        ),
        repaired=sum(row.solved for row in failed),
        broken=sum(row.turns[0].verdict == PASSED != row.turns[-1].verdict for row in rows),
        tests_repaired=repaired,
        tests_broken=broken,
        distances=distances_by_turn(run, rows),
        flow=flow_of(rows, run.turns),
    )


def compare_runs(first: Summary, second: Summary) -> tuple[int, Comparison]:
    """The number of problems that both runs have, and the second's solve rates against the first's on them."""
    both = [name for name in first.problems if name in second.problems]
    values = [[summary.problems[name] for name in both] for summary in (first, second)]
    return len(both), compare(*values)


def _by_problem(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.problem_id].append(row)
    return found


def _group(name: str, rows: Sequence[Row]) -> Group:
    by_problem = _by_problem(rows)
    rate = bootstrap_interval([fmean(row.solved for row in of) for of in by_problem.values()])
    turns = fmean(len(row.turns) for row in rows) if rows else 0.0
    return Group(name, len(by_problem), len(rows), sum(row.solved for row in rows), rate, turns)


def _said(run: Run) -> list[Pair]:
    """The pairs that ``run.json`` names."""
    said = run.about.get("n_at_k")
    pairs = (
        [tuple(pair) for pair in said if isinstance(pair, list) and len(pair) == 2] if isinstance(said, list) else []
    )
    return [(n, k) for n, k in pairs if type(n) is int and type(k) is int] or [(1, run.turns)]


def _at_k(run: Run, rows: Sequence[Row], n: int, k: int) -> AtK:
    if not 1 <= n <= k:
        raise UsageError(f"expected n@k with n from 1 to k, got {n}@{k}")
    drawn = k // run.turns
    if not drawn:
        return AtK(n, k, 0, 0, None, f"a rollout of the run {run.name} has {run.turns} samples, more than {k}")
    by_problem = _by_problem(rows).values()
    enough = [of for of in by_problem if len(of) >= drawn]
    if not enough:
        most = max(map(len, by_problem), default=0)
        why_not = f"it draws {drawn} rollouts a problem, and the run {run.name} has {most} at most"
        return AtK(n, k, drawn, 0, None, why_not)
    rates = [n_at_k_of_rollouts(((r.passing, r.solving) for r in of), n=n, drawn=drawn) for of in enough]
    return AtK(n, k, drawn, len(enough), bootstrap_interval(rates))


def _by_turns(run: Run, rows: Sequence[Row]) -> tuple[Interval, ...]:
    if not rows or any(row.goes_on for row in rows):
        return ()
    by_problem = _by_problem(rows).values()
    return tuple(
        bootstrap_interval([fmean(r.solved and len(r.turns) <= turns for r in of) for of in by_problem])
        for turns in range(1, run.turns + 1)
    )


def as_dict(summary: Summary) -> dict[str, Any]:
    """For JSON: numbers that JSON has, None for those that there are none of."""
    run, total = summary.run, summary.total
    plain = {
        "run": run.name,
        "path": str(run.path),
        "settings": run.about.get("settings"),
        "problem_set": run.about.get("problems"),
        "episodes": len(run.rows),
        "errors": run.errors,
        "groups": [asdict(group) for group in (total, *summary.by_difficulty)],
        "n_at_k": [{"name": at.name, **asdict(at)} for at in summary.at_k],
        "by_turns": [asdict(interval) for interval in summary.by_turns],
        "first_verdicts": dict(summary.first.most_common()),
        "last_verdicts": dict(summary.last.most_common()),
        "verdicts": dict(summary.final.most_common()),
        "failures": [asdict(failure) for failure in summary.failures],
        "repaired": summary.repaired,
        "broken": summary.broken,
        "passed_public_only": summary.passed_only,
        "tests_repaired": summary.tests_repaired,
        "tests_broken": summary.tests_broken,
        "distances": [
            {"turn": d.turn, "programs": d.programs, "repeats": d.repeats, "measured": len(d.values), "mean": d.mean}
            for d in summary.distances
        ],
        "mean_reward": summary.mean(lambda row: row.reward),
        "mean_seconds": summary.mean(lambda row: row.seconds),
        "mean_answer_s": summary.mean(answer_s),
        "mean_step_s": summary.mean(step_s),
        "prompt_tokens": sum(map(prompt_tokens, run.ended)),
        "completion_tokens": sum(map(completion_tokens, run.ended)),
    }
    return {name: finite(value) for name, value in plain.items()}


def finite(value: Any) -> Any:
    """The same with None for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and value - value != 0 else value
