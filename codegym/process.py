"""The decision process: problems, rules and a sandbox. Many environments may share one; episodes are values.

Nothing here remembers an episode, so that a turn may be judged in any thread, and one that fails leaves no trace.
"""

import copy
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from codegym.datasets import ProblemSet, Source, load_problems
from codegym.errors import ProblemError, UsageError
from codegym.feedback import MODES, Feedback, Mode, Templates, describe, feedback
from codegym.judge import judge
from codegym.languages import Language, find_language
from codegym.observations import EpisodeState, State, checked_dialogue
from codegym.problem import LabelledProgram, Problem, Statement
from codegym.reward import NEEDS_ALL_PRIVATE, Reward, find_reward
from codegym.sandbox.base import Sandbox
from codegym.sandbox.factory import KINDS, SharedSandbox
from codegym.spaces import Program
from codegym.verdict import Judgement

ACTIONS = Program()
_DESCRIBED = 256
"""Of so many problems the description is kept."""
_DRAWS = 16
"""Of a wrong program that fails a public test, where problems do not say which of theirs do."""
_leasing = threading.Lock()


class Turn(NamedTuple):
    """What a turn came to.

    Attributes:
        state: where the episode stands after it.
        reward: for it.
        timings: ``public_s`` and ``private_s`` by the clock.
        rng: the random numbers after it.
    """

    state: State
    reward: float
    timings: dict[str, float]
    rng: np.random.Generator


@dataclass(kw_only=True, eq=False)
class Process:
    """RLEF's decision process; the arguments are those of :class:`codegym.env.CodeRepairEnv`.

    Raises:
        UsageError: an argument is not what it must be.
        ProblemError: there are no problems.
    """

    problems: ProblemSet
    max_turns: int
    sandbox: str | Sandbox
    feedback: Mode | Feedback
    templates: Templates | None
    reward: str | Reward
    private: Literal["first_failure", "all"] | None
    language: str

    def __post_init__(self) -> None:
        """Refuse what no episode could be played with."""
        if isinstance(self.max_turns, bool) or not isinstance(self.max_turns, int) or self.max_turns < 1:
            raise UsageError(f"expected max_turns to be a positive whole number, got {self.max_turns!r}")
        if self.feedback not in MODES and not callable(self.feedback):
            raise UsageError(f"expected feedback {', '.join(MODES)} or a callable, got {self.feedback!r}")
        if self.private not in (None, "first_failure", "all"):
            raise UsageError(f"expected private 'first_failure' or 'all', got {self.private!r}")
        if isinstance(self.sandbox, str) and self.sandbox not in KINDS:
            raise UsageError(f"expected sandbox {', '.join(KINDS)} or a sandbox, got {self.sandbox!r}")
        self._language = find_language(self.language)
        if self.templates is None:
            self.templates = templates_in(self._language)
        self._reward = find_reward(self.reward)
        self._all_private = self.private == "all" or (self.private is None and self._reward in NEEDS_ALL_PRIVATE)
        self._others = _OtherProblems(self.problems, self._language.family)
        self._described: dict[str, State] = {}
        self._lease: SharedSandbox | None = None
        self._users: weakref.WeakSet[object] = weakref.WeakSet()

    def __getstate__(self) -> dict[str, Any]:
        """All but the environments that use it, which a copy does not have."""
        return {**self.__dict__, "_users": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy has no environments yet."""
        self.__dict__.update(state, _users=weakref.WeakSet())

    def begin(self, rng: np.random.Generator, options: Mapping[str, Any]) -> State:
        """A new episode; runs nothing.

        Args:
            rng: draws the problem.
            options: ``problem_id`` and ``dialogue``.

        Raises:
            UsageError: an option is unknown or malformed.
            ProblemError: no problem has this id.
        """
        unknown = sorted(set(options) - {"problem_id", "dialogue"})
        if unknown:
            raise UsageError(f"expected options problem_id and dialogue, got {unknown[0]!r}")
        dialogue = checked_dialogue(options["dialogue"], self.max_turns) if "dialogue" in options else ()
        chosen = options.get("problem_id")
        if chosen is None:
            chosen = int(rng.integers(len(self.problems)))
        elif not isinstance(chosen, str):
            raise UsageError(f"expected the problem's id as text, got {chosen!r}")
        first = self._first_state(self.problems[chosen])
        return replace(first, dialogue=dialogue) if dialogue else first

    def restored(self, snapshot: EpisodeState) -> State:
        """The state of a snapshot.

        Raises:
            ProblemError: its problem is not in this set.
            UsageError: it has more turns than there are here.
        """
        turns = len(snapshot.dialogue)
        if turns > self.max_turns or (turns == self.max_turns and not snapshot.ended):
            raise UsageError(f"expected a state of at most {self.max_turns} turns, with one left to play, got {turns}")
        return replace(
            self._first_state(self.problems[snapshot.problem_id]),
            dialogue=snapshot.dialogue,
            judgements=snapshot.judgements,
            ended=snapshot.ended,
            private=snapshot.private,
        )

    def play(self, state: State, action: str, rng: np.random.Generator) -> Turn:
        """Run a program on the public tests and, at the end of the episode, on the private ones.

        Args:
            state: where the episode stands.
            action: the program.
            rng: the episode's random numbers; none are drawn from this object itself.

        Raises:
            UsageError: the action is no text, or the episode has ended.
            SandboxError: the program could not be run, through no fault of its own.
        """
        if state.ended:
            raise UsageError("expected reset() after the end of an episode, got step()")
        if not isinstance(action, str) or len(action) > ACTIONS.max_length:
            got = f"{len(action)} characters" if isinstance(action, str) else type(action).__name__
            raise UsageError(f"expected a program as text in {ACTIONS}, got {got}")
        if self.feedback == "random":
            rng = copy.deepcopy(rng)
        started = time.perf_counter()
        public = self._judged(action, state.problem, "public")
        told = self._tell(state, public, rng)
        middle = time.perf_counter()
        ended = len(state.dialogue) + 1 >= self.max_turns or (public.accepted and self.feedback != "none")
        private = self._judged(action, state.problem, "private") if ended else None
        judgements = (*state.judgements, public)
        reward = float(self._reward(judgements, private))
        shown = action.encode(errors="replace").decode()
        after = State(
            problem=state.problem,
            statement=state.statement,
            text=state.text,
            dialogue=(*state.dialogue, {"program": shown, "feedback": told}),
            judgements=judgements,
            ended=ended,
            private=private,
        )
        return Turn(after, reward, {"public_s": middle - started, "private_s": time.perf_counter() - middle}, rng)

    def open_sandbox(self) -> Sandbox:
        """The sandbox; one that was named is started when it is first asked for."""
        if not isinstance(self.sandbox, str):
            return self.sandbox
        with _leasing:
            if self._lease is None:
                self._lease = SharedSandbox(self.sandbox)
            return self._lease.sandbox

    def join(self, user: object) -> None:
        """An environment begins an episode."""
        with _leasing:
            self._users.add(user)

    def leave(self, user: object) -> None:
        """An environment is closed: give back the sandbox, unless others use it; may be called twice."""
        with _leasing:
            self._users.discard(user)
            if self._users:
                return
            lease, self._lease = self._lease, None
        if lease is not None:
            lease.close()

    def _judged(self, program: str, problem: Problem, split: Literal["public", "private"]) -> Judgement:
        run_all = split == "public" or self._all_private
        sandbox = self.open_sandbox()
        return judge(program, problem, sandbox=sandbox, split=split, language=self.language, run_all=run_all)

    def _first_state(self, problem: Problem) -> State:
        known = self._described.get(problem.id)
        if known is None or known.problem is not problem:
            if problem.kind == "function" and problem.language != self._language.family:
                raise UsageError(
                    f"expected language={problem.language!r} for {problem.id}, which wants a function in it, "
                    f"got {self._language.name!r}"
                )
            statement = visible_in(problem, self._language)
            known = State(problem, statement, describe(statement, self.templates))
            if len(self._described) >= _DESCRIBED:
                self._described.clear()
            self._described[problem.id] = known
        return known

    def _tell(self, state: State, public: Judgement, rng: np.random.Generator) -> str:
        if callable(self.feedback):
            return str(self.feedback(public, state.statement))
        if self.feedback == "random":
            problem, public = self._others.judged(state.problem, rng, self.open_sandbox())
            return feedback(public, visible_in(problem, self._language), "random", self.templates)
        return feedback(public, state.statement, self.feedback, self.templates)


def templates_in(language: Language) -> Templates:
    """The usual texts, for programs in a language."""
    return Templates(answer=f"Answer with one whole {language.title} program.")


def visible_in(problem: Problem, language: Language) -> Statement:
    """What an agent may see, with the limits of its language, and nothing to repair in another one."""
    limits = problem.native_limits if language.compiled else None
    starter = problem.starter if problem.language == language.family else None
    return replace(problem.visible, limits=limits or problem.limits, starter=starter)


class _OtherProblems:
    """RLEF's ablation: how a random wrong program of another problem does on that problem's public tests.

    Args:
        problems: the set; numbers of its problems are kept, not problems, of which there may be more than memory holds.
        family: of languages that the wrong programs are in.
    """

    def __init__(self, problems: ProblemSet, family: str) -> None:
        self._problems = problems
        self._family = family
        self._with_wrong: dict[str, int] | None = None
        self._judgements: dict[tuple[str, int], Judgement] = {}

    def judged(self, this: Problem, rng: np.random.Generator, sandbox: Sandbox) -> tuple[Problem, Judgement]:
        """Another problem, and the judgement of one of its wrong programs."""
        if self._with_wrong is None:
            self._with_wrong = {p.id: n for n, p in enumerate(self._problems) if self._wrong(p)}
        others = [number for name, number in self._with_wrong.items() if name != this.id]
        if not others:
            raise ProblemError("expected another problem with a wrong program for feedback 'random', got none")
        for drawn in range(1, _DRAWS + 1):
            problem = self._problems[others[int(rng.integers(len(others)))]]
            number = int(rng.integers(len(self._wrong(problem))))
            known = self._judgements.get((problem.id, number))
            if known is None:
                wrong = self._wrong(problem)[number]
                known = judge(wrong.source, problem, sandbox=sandbox, split="public", language=wrong.language)
                self._judgements[problem.id, number] = known
            if not known.accepted or drawn == _DRAWS:
                return problem, known
        raise AssertionError("unreachable")

    def _wrong(self, problem: Problem) -> list[LabelledProgram]:
        """Wrong programs, but for those that are said to fail private tests only."""
        return [program for program in problem.wrong_programs_in(self._family) if program.fails != "private"]


def chosen_problems(
    source: Source, options: Mapping[str, Any] | None = None, filters: Mapping[str, Any] | None = None
) -> ProblemSet:
    """The problems of a source that meet the filters.

    Raises:
        UsageError: the source or a filter is none.
        ProblemError: there are none.
    """
    problems = load_problems(source, **(options or {}))
    if filters:
        known = ("ids", "difficulty", "kind", "tags", "starter", "predicate")
        for key in filters:
            if key not in known:
                raise UsageError(f"expected filters {', '.join(known)}, got {key!r}")
        problems = problems.filter(**filters)
    if not len(problems):
        raise ProblemError(f"expected at least one problem in {problems.name} after filtering, got none")
    return problems
