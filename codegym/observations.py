"""Where an episode stands, and what of that an agent sees: plain values and pure functions of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from codegym.errors import UsageError
from codegym.problem import Problem, Statement
from codegym.spaces import Program
from codegym.verdict import Judgement, TestResult, Verdict


class Exchange(TypedDict):
    """One turn of the dialogue."""

    program: str
    feedback: str


class Observation(TypedDict):
    """What the agent sees."""

    problem: str
    dialogue: tuple[Exchange, ...]
    turns_left: int


class Info(TypedDict, total=False):
    """What Gymnasium's ``info`` holds; see :class:`codegym.env.CodeRepairEnv`."""

    problem_id: str
    turn: int
    verdict: str
    public: dict[str, Any]
    private: dict[str, Any]
    solved: bool
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class State:
    """Where an episode stands. Never changed: a turn makes a new one.

    Attributes:
        problem: the problem.
        statement: what of it an agent may see.
        text: how it is described to the agent.
        dialogue: the turns so far.
        judgements: of the public tests, for the turns that were stepped.
        ended: whether the episode has ended.
        private: the judgement of the private tests, if it has.
    """

    problem: Problem
    statement: Statement
    text: str
    dialogue: tuple[Exchange, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    ended: bool = False
    private: Judgement | None = None


@dataclass(frozen=True, slots=True)
class EpisodeState:
    """A snapshot of an episode, from ``CodeRepairEnv.clone_state``. Plain data, may be pickled.

    Attributes:
        problem_id: which problem.
        dialogue: the turns so far.
        judgements: of the public tests, for the turns that were stepped.
        ended: whether the episode has ended.
        private: the judgement of the private tests, if it has.
        rng: state of ``np_random``'s bit generator.
    """

    problem_id: str
    dialogue: tuple[Exchange, ...]
    judgements: tuple[Judgement, ...]
    ended: bool
    private: Judgement | None
    rng: dict[str, Any]


def observe(state: State, max_turns: int) -> Observation:
    """What the agent sees; a fresh object at each call."""
    return {
        "problem": state.text,
        "dialogue": tuple(Exchange(**exchange) for exchange in state.dialogue),
        "turns_left": max_turns - len(state.dialogue),
    }


def inform(state: State, *, reveal_private: bool = False, timings: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The ``info`` of a step; a fresh object at each call.

    Args:
        state: where the episode stands.
        reveal_private: whether inputs and outputs of private tests are in it.
        timings: seconds by the clock; None for no timings.
    """
    private = state.private
    public = state.judgements[-1] if state.judgements else None
    info: Info = {
        "problem_id": state.problem.id,
        "turn": len(state.dialogue),
        "verdict": str(public.verdict) if public else "",
        "public": _counts(public),
        "private": {},
        "solved": bool(private and public and public.accepted and private.accepted),
    }
    if private is not None:
        info["private"] = {"verdict": str(private.verdict), **_counts(private)}
        if reveal_private:
            info["private"]["tests"] = [_revealed(result) for result in private.results]
    if timings is not None:
        results = (public.results if public else ()) + (private.results if private else ())
        zero = {"public_s": 0.0, "private_s": 0.0}
        info["timings"] = {**zero, **timings, "cpu_s": sum(result.cpu_s for result in results)}
    return dict(info)


def rendered(state: State, max_turns: int) -> str:
    """The problem, or the last turn, for a person."""
    if not state.dialogue:
        return state.text
    last = state.dialogue[-1]
    rule = f"--- {state.problem.id}, turn {len(state.dialogue)} of {max_turns} ---"
    return f"{rule}\n{last['program'].rstrip()}\n--- feedback ---\n{last['feedback']}\n"


def checked_dialogue(given: Any, max_turns: int) -> tuple[Exchange, ...]:
    """A dialogue to begin with.

    Raises:
        UsageError: it is none, or leaves no turn to play.
    """
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise UsageError(f"expected dialogue to be a list of turns, got {type(given).__name__}")
    turns: list[Exchange] = []
    for turn in given:
        if not isinstance(turn, Mapping) or set(turn) != {"program", "feedback"}:
            raise UsageError(f"expected a turn of the dialogue with program and feedback, got {str(turn)[:80]}")
        for name, text in turn.items():
            if not Program().contains(text):
                raise UsageError(f"expected the {name} of a turn as text that UTF-8 can encode, got {text!r:.60}")
        turns.append({"program": turn["program"], "feedback": turn["feedback"]})
    if len(turns) >= max_turns:
        raise UsageError(f"expected a dialogue of fewer than {max_turns} turns, got {len(turns)}")
    return tuple(turns)


def _counts(judgement: Judgement | None) -> dict[str, Any]:
    if judgement is None:
        return {}
    verdicts = tuple([str(result.verdict) for result in judgement.results])
    return {"passed": verdicts.count(Verdict.ACCEPTED), "total": len(verdicts), "verdicts": verdicts}


def _revealed(result: TestResult) -> dict[str, Any]:
    return {
        "input": result.test.input,
        "expected": result.test.output,
        "output": result.output,
        "verdict": str(result.verdict),
    }
