"""What auditing one problem showed: one line of JSON, in which no text of a test or program stands."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args, get_origin

from codegym.errors import UsageError
from codegym.verdict import Verdict

FORMAT = 1
LETTERS: dict[Verdict, str] = {
    Verdict.ACCEPTED: "A",
    Verdict.WRONG_ANSWER: "W",
    Verdict.RUNTIME_ERROR: "R",
    Verdict.TIME_LIMIT_EXCEEDED: "T",
    Verdict.MEMORY_LIMIT_EXCEEDED: "M",
    Verdict.OUTPUT_LIMIT_EXCEEDED: "O",
    Verdict.COMPILE_ERROR: "C",
    Verdict.NO_PROGRAM: "N",
    Verdict.SKIPPED: "-",
}
"""A verdict in the matrix of programs and tests."""


@dataclass(frozen=True, slots=True)
class ProgramAudit:
    """What a labelled program got.

    Attributes:
        name: its name.
        label: its label.
        language: what it is written in.
        verdict: of the first test that it failed, else ``accepted``.
        split: ``public`` or ``private``, where that test was; empty where it failed none.
        verdicts: a letter of :data:`LETTERS` a test, public tests first: the program's row of the matrix.
        time_share: the longest that it took on a test, as a share of the CPU limit.
    """

    name: str
    label: str
    language: str
    verdict: str
    split: str
    verdicts: str
    time_share: float

    @property
    def right(self) -> bool:
        """Whether it is labelled as right."""
        return self.label == "accepted"

    @property
    def as_labelled(self) -> bool:
        """Whether it was accepted as its label says, or rejected, whatever the verdict."""
        return self.right == (self.verdict == "accepted")


@dataclass(frozen=True, slots=True)
class ProblemAudit:
    """What auditing a problem showed. Tests are numbered from 0, public ones first.

    Attributes:
        problem_id: the problem.
        place: its index in the set.
        source: where it was loaded from.
        kind: stdin or function.
        difficulty: easy, medium or hard.
        public_tests: how many there are.
        private_tests: how many there are, generated ones included.
        programs: those that were run.
        not_run: labelled programs in languages that cannot be run here, by language.
        twins: programs that are labelled right and wrong at once.
        cheats: names of the programs without a solution that were accepted.
        repeated: tests with the input of an earlier test.
        contradicting: tests with the input of an earlier test and another expected output.
        leaked: private tests with the input of a public test.
        disagreements: tests on which right programs, each of which ended well, gave outputs that differ. Not looked
            for, like the next two, where a validator or interactor judges each output by itself.
        dissenters: right programs that gave a wrong answer on any test.
        disputed: tests on which all right programs, two at least, gave the same output, and not the expected one.
        cpu_s: the longest that a right program took on a test, in CPU seconds.
        statement_key: the same for statements that differ in case, white space and punctuation alone; empty for none.
        tests_key: the same for the same tests in any order.
        findings: what the rules of codegym's own problem files find wrong, a sentence each.
        broken: why the problem's own checker or generator cannot be used; empty if it can.
        error: why we could not audit it; empty if we could. Nothing else is then to be relied on.
    """

    problem_id: str
    place: int
    source: str = ""
    kind: str = "stdin"
    difficulty: str = "medium"
    public_tests: int = 0
    private_tests: int = 0
    programs: tuple[ProgramAudit, ...] = ()
    not_run: tuple[tuple[str, int], ...] = ()
    twins: int = 0
    cheats: tuple[str, ...] = ()
    repeated: int = 0
    contradicting: int = 0
    leaked: int = 0
    disagreements: tuple[int, ...] = ()
    dissenters: int = 0
    disputed: tuple[int, ...] = ()
    cpu_s: float = 0.0
    statement_key: str = ""
    tests_key: str = ""
    findings: tuple[str, ...] = ()
    broken: str = ""
    error: str = ""

    @property
    def right(self) -> tuple[ProgramAudit, ...]:
        """Programs labelled as right."""
        return tuple(program for program in self.programs if program.right)

    @property
    def wrong(self) -> tuple[ProgramAudit, ...]:
        """Programs labelled as wrong."""
        return tuple(program for program in self.programs if not program.right)

    @property
    def time_share(self) -> float:
        """The longest that an accepted right program took on a test, as a share of the CPU limit."""
        return max((program.time_share for program in self.right if program.as_labelled), default=0.0)

    def power(self) -> tuple[tuple[int, int], ...]:
        """For each test, how many wrong programs it rejects and how many were run on it."""
        rows = [program.verdicts for program in self.wrong]
        tests = self.public_tests + self.private_tests
        columns = [[row[test] for row in rows if row[test] != "-"] for test in range(tests)]
        return tuple((sum(letter != "A" for letter in column), len(column)) for column in columns)

    def idle(self) -> tuple[int, ...]:
        """Tests that reject none of the wrong programs, though all were run on them and there is one."""
        return tuple(test for test, (n, run) in enumerate(self.power()) if not n and run and run == len(self.wrong))

    def to_json(self) -> str:
        """One line of ASCII."""
        return json.dumps({"format": FORMAT, **asdict(self)}, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str) -> "ProblemAudit":
        """Read what :meth:`to_json` wrote.

        Raises:
            UsageError: it is no such line.
        """
        try:
            data = json.loads(line)
            if data.pop("format") != FORMAT:
                raise ValueError
            record: ProblemAudit = _made(cls, data)
            tests = record.public_tests + record.private_tests
            if any(len(program.verdicts) != tests for program in record.programs):
                raise ValueError
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise UsageError(f"expected the record of an audit, got {line[:60]!r}") from None
        return record


def _made(kind: Any, data: Any) -> Any:
    """Loaded data as what an annotation says."""
    if hasattr(kind, "__dataclass_fields__"):
        types = {field.name: field.type for field in fields(kind)}
        return kind(**{name: _made(types[name], value) for name, value in data.items()})
    arguments = get_args(kind)
    if get_origin(kind) is tuple and isinstance(data, list):
        if arguments[-1] is ...:
            return tuple(_made(arguments[0], item) for item in data)
        return tuple(_made(one, item) for one, item in zip(arguments, data, strict=True))
    if kind is float and type(data) is int:
        return float(data)
    if type(data) is not kind:
        raise TypeError(kind)
    return data
