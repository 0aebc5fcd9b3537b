"""``CodeRepairEnv``: one problem, some turns, a reward at the end."""

import copy
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict

import gymnasium as gym
from gymnasium import spaces

from codegym.datasets import Source, load_problems
from codegym.errors import ProblemError, UsageError
from codegym.feedback import MODES, Feedback, Mode, Templates, describe, feedback
from codegym.judge import judge
from codegym.languages import find_language
from codegym.problem import Problem, Statement
from codegym.reward import NEEDS_ALL_PRIVATE, Reward, find_reward
from codegym.sandbox.base import Sandbox
from codegym.sandbox.factory import KINDS, SharedSandbox
from codegym.spaces import Program
from codegym.verdict import Judgement, TestResult


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
    """What Gymnasium's ``info`` holds; see the environment's docstring."""

    problem_id: str
    turn: int
    verdict: str
    public: dict[str, Any]
    private: dict[str, Any]
    solved: bool
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class EpisodeState:
    """A snapshot of an episode, from :meth:`CodeRepairEnv.clone_state`. Plain data, may be pickled.

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


class CodeRepairEnv(gym.Env[Observation, str]):
    """Code synthesis with execution feedback.

    ## Description
    The decision process of RLEF (Gehring et al., arXiv 2410.02089). The agent gets a programming problem with public
    tests, answers with a whole program, and is told what running it on the public tests showed. Private tests, of
    which it never sees anything, decide the reward.

    ## Action Space
    ``Program``: any text. It is the program itself; wrap the environment in ``ExtractProgram`` for agents that
    answer with prose around it. White space alone counts as *no program*.

    ## Observation Space
    ``Dict`` of

    - ``problem`` (text): statement, interface, limits, public tests and, for a repair problem, the program to repair;
    - ``dialogue`` (``Sequence`` of ``{program, feedback}``): the turns so far, the last one last;
    - ``turns_left`` (``Discrete(max_turns + 1)``).

    ## Starting State
    A problem drawn with ``np_random``, and an empty dialogue. ``reset(options={"problem_id": ...})`` names the
    problem, ``options={"dialogue": [{"program": ..., "feedback": ...}, ...]}`` begins after some turns. ``reset``
    runs nothing.

    ## Reward
    ``outcome``: at the end +1 if the last program passes all public and private tests, else -1; before it 0.
    Others: ``rlef`` (-0.2 for a turn before the last with no program), ``fraction``, ``gain``, or any callable; see
    :mod:`codegym.reward`.

    ## Episode End
    ``terminated`` when the program passes all public tests, or at turn ``max_turns``; then the private tests are
    run. With feedback ``none`` the episode always has ``max_turns`` turns. ``truncated`` is always False: the turn
    limit belongs to the process.

    ## Information
    Every key is there at every step:

    - ``problem_id``; ``turn`` (programs so far);
    - ``verdict``: on the last program's public tests, empty at reset;
    - ``public``: ``passed``, ``total``, ``verdicts`` (one a test); empty at reset;
    - ``private``: empty until the end, then ``verdict``, ``passed``, ``total``, ``verdicts``; with
      ``reveal_private`` also ``tests`` (input, expected output and output of each);
    - ``solved``: whether the episode has ended with all tests passed;
    - ``timings``, only if asked for: ``public_s`` and ``private_s`` by the clock, ``cpu_s`` of the programs. All else
      is deterministic.

    ## Arguments
    ``problems`` (a source for :func:`codegym.load_problems`), ``problem_options`` (its keyword arguments, such as
    ``path``), ``filters`` (keyword arguments of
    ``ProblemSet.filter``), ``max_turns``, ``sandbox`` (a kind, or a sandbox, which stays yours to close),
    ``feedback`` (``all_failures``, ``first_failure``, ``all_tests``, ``none``, ``random``, or a callable of a public
    judgement and a statement), ``templates``, ``reward``, ``private`` (``first_failure``: stop at the first private
    test that fails; ``all``; by default what the reward needs), ``reveal_private``, ``timings``, ``language`` (what
    programs are written in: ``python``, ``cpp``, ``cpp20``, …; see :mod:`codegym.languages`), ``render_mode``
    (``ansi``, ``human``).

    ``step`` raises :class:`codegym.errors.SandboxError` if a program could not be run through no fault of its own,
    fresh boxes having been tried. The episode is then as it was, and the same ``step`` may be called again.

    ## Version History
    - v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "human"], "render_fps": 1}

    def __init__(
        self,
        problems: Source = "builtin",
        *,
        problem_options: Mapping[str, Any] | None = None,
        filters: Mapping[str, Any] | None = None,
        max_turns: int = 3,
        sandbox: str | Sandbox = "auto",
        feedback: Mode | Feedback = "all_failures",
        templates: Templates | None = None,
        reward: str | Reward = "outcome",
        private: Literal["first_failure", "all"] | None = None,
        reveal_private: bool = False,
        timings: bool = False,
        language: str = "python",
        render_mode: str | None = None,
    ) -> None:
        if isinstance(max_turns, bool) or not isinstance(max_turns, int) or max_turns < 1:
            raise UsageError(f"expected max_turns to be a positive whole number, got {max_turns!r}")
        if feedback not in MODES and not callable(feedback):
            raise UsageError(f"expected feedback {', '.join(MODES)} or a callable, got {feedback!r}")
        if private not in (None, "first_failure", "all"):
            raise UsageError(f"expected private 'first_failure' or 'all', got {private!r}")
        if render_mode not in (None, "ansi", "human"):
            raise UsageError(f"expected render_mode 'ansi', 'human' or None, got {render_mode!r}")
        if isinstance(sandbox, str) and sandbox not in KINDS:
            raise UsageError(f"expected sandbox {', '.join(KINDS)} or a sandbox, got {sandbox!r}")
        self.problems = _chosen_problems(problems, problem_options, filters)
        self.max_turns = max_turns
        self.render_mode = render_mode
        self._given_sandbox = sandbox
        self._lease: SharedSandbox | None = None
        self._feedback = feedback
        self._language = find_language(language)
        answer = f"Answer with one whole {self._language.title} program."
        self._templates = templates if templates or language == "python" else Templates(answer=answer)
        self._reward = find_reward(reward)
        self._all_private = private == "all" or (private is None and self._reward in NEEDS_ALL_PRIVATE)
        self._reveal_private = reveal_private
        self._timings = timings
        self._problem: Problem | None = None
        self._text = ""
        self._random_judgements: dict[tuple[str, int], Judgement] = {}
        self._with_wrong: dict[str, int] | None = None
        self._dialogue: tuple[Exchange, ...] = ()
        self._judgements: tuple[Judgement, ...] = ()
        self._ended = True
        self._private: Judgement | None = None
        self.action_space = Program()
        exchange = spaces.Dict({"program": Program(), "feedback": Program()})
        self.observation_space = spaces.Dict(  # type: ignore[assignment]
            {
                "problem": Program(),
                "dialogue": spaces.Sequence(exchange),
                "turns_left": spaces.Discrete(max_turns + 1),
            }
        )

    @property
    def problem(self) -> Problem:
        """The problem of this episode, private tests and all: for tools, not for agents.

        Raises:
            UsageError: there has been no ``reset``.
        """
        if self._problem is None:
            raise UsageError("expected reset() before anything else, got none")
        return self._problem

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode; runs nothing.

        Args:
            seed: seeds the drawing of problems, from now on.
            options: ``problem_id`` and ``dialogue``; see the class.

        Raises:
            UsageError: an option is unknown or malformed.
            ProblemError: no problem has this id.
        """
        super().reset(seed=seed)
        options = options or {}
        unknown = sorted(set(options) - {"problem_id", "dialogue"})
        if unknown:
            raise UsageError(f"expected options problem_id and dialogue, got {unknown[0]!r}")
        dialogue = _checked_dialogue(options.get("dialogue", ()), self.max_turns)
        chosen = options.get("problem_id")
        if chosen is None:
            chosen = int(self.np_random.integers(len(self.problems)))
        elif not isinstance(chosen, str):
            raise UsageError(f"expected the problem's id as text, got {chosen!r}")
        self._take(self.problems[chosen])
        self._dialogue = dialogue
        self._judgements = ()
        self._ended, self._private = False, None
        if self.render_mode == "human":
            print(self._rendered())
        return self._observation(), self._info({})

    def step(self, action: str) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Run a program on the public tests and, at the end of the episode, on the private ones.

        Args:
            action: the program.

        Returns:
            Observation, reward, terminated, truncated (always False), info.

        Raises:
            UsageError: the action is no text, or there is no episode to step.
            SandboxError: see the class.
        """
        problem = self.problem
        if self._ended:
            raise UsageError("expected reset() after the end of an episode, got step()")
        if not isinstance(action, str) or len(action) > self.action_space.max_length:  # type: ignore[attr-defined]
            got = f"{len(action)} characters" if isinstance(action, str) else type(action).__name__
            raise UsageError(f"expected a program as text in {self.action_space}, got {got}")
        rng = copy.deepcopy(self.np_random.bit_generator.state)
        sandbox = self._sandbox()
        started = time.perf_counter()
        try:
            public = judge(action, problem, sandbox=sandbox, split="public", language=self._language.name)
            told = self._tell(public, sandbox)
            middle = time.perf_counter()
            ended = len(self._dialogue) + 1 >= self.max_turns or (public.accepted and self._feedback != "none")
            private = None
            if ended:
                private = judge(
                    action,
                    problem,
                    sandbox=sandbox,
                    split="private",
                    language=self._language.name,
                    run_all=self._all_private,
                )
            judgements = (*self._judgements, public)
            reward = float(self._reward(judgements, private))
        except BaseException:
            self.np_random.bit_generator.state = rng
            raise
        shown = action.encode(errors="replace").decode()
        self._dialogue = (*self._dialogue, {"program": shown, "feedback": told})
        self._judgements, self._ended, self._private = judgements, ended, private
        timings = {"public_s": middle - started, "private_s": time.perf_counter() - middle}
        info = self._info(timings)
        if self.render_mode == "human":
            print(self._rendered())
        return self._observation(), reward, ended, False, info

    def render(self) -> str | None:
        """The problem, or the last turn, as text (``ansi``); ``human`` prints by itself."""
        return self._rendered() if self.render_mode == "ansi" else None

    def close(self) -> None:
        """Give back the sandbox; may be called twice."""
        if self._lease is not None:
            self._lease.close()
            self._lease = None

    def clone_state(self) -> EpisodeState:
        """A snapshot from which :meth:`restore_state` goes on, in this environment or one like it."""
        rng = copy.deepcopy(self.np_random.bit_generator.state)
        return EpisodeState(self.problem.id, self._dialogue, self._judgements, self._ended, self._private, dict(rng))

    def restore_state(self, state: EpisodeState) -> tuple[Observation, dict[str, Any]]:
        """Go back to a snapshot.

        Raises:
            ProblemError: its problem is not in this environment's set.
            UsageError: it has more turns than this environment.
        """
        turns = len(state.dialogue)
        if turns > self.max_turns or (turns == self.max_turns and not state.ended):
            raise UsageError(f"expected a state of at most {self.max_turns} turns, with one left to play, got {turns}")
        self._take(self.problems[state.problem_id])
        self._dialogue, self._judgements = state.dialogue, state.judgements
        self._ended, self._private = state.ended, state.private
        self.np_random.bit_generator.state = copy.deepcopy(state.rng)
        return self._observation(), self._info({})

    def _take(self, problem: Problem) -> None:
        if problem.kind == "function" and problem.language != self._language.family:
            raise UsageError(
                f"expected language={problem.language!r} for {problem.id}, which wants a function in it, "
                f"got {self._language.name!r}"
            )
        self._problem = problem
        self._text = describe(self._visible(problem), self._templates)

    def _visible(self, problem: Problem) -> Statement:
        """What an agent may see, with the limits of its language, and nothing to repair in another one."""
        limits = problem.native_limits if self._language.compiled else None
        starter = problem.starter if problem.language == self._language.family else None
        return replace(problem.visible, limits=limits or problem.limits, starter=starter)

    def _sandbox(self) -> Sandbox:
        if not isinstance(self._given_sandbox, str):
            return self._given_sandbox
        if self._lease is None:
            self._lease = SharedSandbox(self._given_sandbox)
        return self._lease.sandbox

    def _tell(self, public: Judgement, sandbox: Sandbox) -> str:
        if callable(self._feedback):
            return str(self._feedback(public, self._visible(self.problem)))
        problem = self.problem
        if self._feedback == "random":
            problem, public = self._random_judgement(sandbox)
        return feedback(public, self._visible(problem), self._feedback, self._templates)

    def _random_judgement(self, sandbox: Sandbox) -> tuple[Problem, Judgement]:
        """RLEF's ablation: how a random wrong program of another problem does on that problem's public tests."""
        if self._with_wrong is None:  # numbers, not problems, of which there may be more than memory holds
            self._with_wrong = {p.id: n for n, p in enumerate(self.problems) if p.wrong_programs_in("python")}
        others = [number for name, number in self._with_wrong.items() if name != self.problem.id]
        if not others:
            raise ProblemError("expected another problem with a wrong program for feedback 'random', got none")
        problem = self.problems[others[int(self.np_random.integers(len(others)))]]
        number = int(self.np_random.integers(len(problem.wrong_programs_in("python"))))
        known = self._random_judgements.get((problem.id, number))
        if known is None:
            wrong = problem.wrong_programs_in("python")[number]
            known = judge(wrong.source, problem, sandbox=sandbox, split="public", language=wrong.language)
            self._random_judgements[problem.id, number] = known
        return problem, known

    def _observation(self) -> Observation:
        return {
            "problem": self._text,
            "dialogue": tuple(Exchange(**exchange) for exchange in self._dialogue),
            "turns_left": self.max_turns - len(self._dialogue),
        }

    def _info(self, timings: dict[str, float]) -> dict[str, Any]:
        private = self._private
        public = self._judgements[-1] if self._judgements else None
        info: Info = {
            "problem_id": self.problem.id,
            "turn": len(self._dialogue),
            "verdict": str(public.verdict) if public else "",
            "public": _counts(public),
            "private": {},
            "solved": bool(private and public and public.accepted and private.accepted),
        }
        if private is not None:
            info["private"] = {"verdict": str(private.verdict), **_counts(private)}
            if self._reveal_private:
                info["private"]["tests"] = [_revealed(result) for result in private.results]
        if self._timings:
            results = (public.results if public else ()) + (private.results if private else ())
            zero = {"public_s": 0.0, "private_s": 0.0}
            info["timings"] = {**zero, **timings, "cpu_s": sum(result.cpu_s for result in results)}
        return dict(info)

    def _rendered(self) -> str:
        if not self._dialogue:
            return self._text
        last = self._dialogue[-1]
        rule = f"--- {self.problem.id}, turn {len(self._dialogue)} of {self.max_turns} ---"
        return f"{rule}\n{last['program'].rstrip()}\n--- feedback ---\n{last['feedback']}\n"


def _chosen_problems(source: Source, options: Mapping[str, Any] | None, filters: Mapping[str, Any] | None) -> Any:
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


def _checked_dialogue(given: Any, max_turns: int) -> tuple[Exchange, ...]:
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
    verdicts = tuple(str(result.verdict) for result in judgement.results)
    return {"passed": judgement.passed, "total": len(verdicts), "verdicts": verdicts}


def _revealed(result: TestResult) -> dict[str, Any]:
    return {
        "input": result.test.input,
        "expected": result.test.output,
        "output": result.output,
        "verdict": str(result.verdict),
    }
