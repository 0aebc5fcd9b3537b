"""``CodeRepairEnv``: one problem, some turns, a reward at the end."""

import copy
from collections.abc import Mapping
from typing import Any, Literal, Self

import gymnasium as gym
from gymnasium import spaces

from codegym.datasets import ProblemSet, Source
from codegym.errors import UsageError
from codegym.feedback import Feedback, Mode, Templates
from codegym.observations import EpisodeState, Exchange, Info, Observation, State, inform, observe, rendered
from codegym.problem import Problem
from codegym.process import Process, Turn, chosen_problems
from codegym.reward import Reward
from codegym.sandbox.base import Sandbox
from codegym.sandbox.remote import RemoteSandbox
from codegym.spaces import Program
from codegym.threads import step_threads

_STEPS_A_BOX = 4
"""So that a box has its next program at hand while something else is waited for. Else more threads only cost."""

__all__ = ["CodeRepairEnv", "EpisodeState", "Exchange", "Info", "Observation"]


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

    For rollout engines on an event loop, ``await env.step_async(action)`` is ``step`` that lets the loop go on
    meanwhile; of many episodes at once, :class:`codegym.vector.CodeRepairVectorEnv` is the vector form.

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
        if render_mode not in (None, "ansi", "human"):
            raise UsageError(f"expected render_mode 'ansi', 'human' or None, got {render_mode!r}")
        self._process = Process(
            problems=chosen_problems(problems, problem_options, filters),
            max_turns=max_turns,
            sandbox=sandbox,
            feedback=feedback,
            templates=templates,
            reward=reward,
            private=private,
            language=language,
        )
        self.render_mode = render_mode
        self._reveal_private = reveal_private
        self._timings = timings
        self._state: State | None = None
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
    def problems(self) -> ProblemSet:
        """The problems that are drawn from."""
        return self._process.problems

    @property
    def max_turns(self) -> int:
        """Turns of an episode at most."""
        return self._process.max_turns

    @property
    def language(self) -> str:
        """What programs are written in."""
        return self._process.language

    @property
    def problem(self) -> Problem:
        """The problem of this episode, private tests and all: for tools, not for agents.

        Raises:
            UsageError: there has been no ``reset``.
        """
        return self._now.problem

    @property
    def _now(self) -> State:
        if self._state is None:
            raise UsageError("expected reset() before anything else, got none")
        return self._state

    def sibling(self) -> Self:
        """Another environment over the same problems, rules and sandbox, with episodes of its own; close both."""
        other = copy.copy(self)
        other._state = None
        other._np_random, other._np_random_seed = None, None
        other.action_space, other.observation_space = copy.deepcopy((self.action_space, self.observation_space))
        return other

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
        self._process.join(self)
        self._state = self._process.begin(self.np_random, options or {})
        return self._shown({})

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
        before = self._now
        return self._taken(before, self._process.play(before, action, self.np_random))

    async def step_async(self, action: str) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """As :meth:`step`, in a thread, for an event loop with many environments.

        An episode has one step at a time. A step that is cancelled leaves the episode as it was, though the program
        may run on to its end or its limits.
        """
        import asyncio  # 10 ms, which those that never wait need not spend

        before = self._now
        work = step_threads.submit(self._process.play, before, action, self.np_random)
        return self._taken(before, await asyncio.wrap_future(work))

    def _taken(self, before: State, turn: Turn) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """The turn becomes part of the episode, unless it went on meanwhile without it."""
        if self._state is not before:
            raise UsageError("expected one step of an episode at a time, got another step or a reset meanwhile")
        self._state = turn.state
        if turn.rng is not self.np_random:
            self.np_random.bit_generator.state = turn.rng.bit_generator.state
        observation, info = self._shown(turn.timings)
        return observation, turn.reward, turn.state.ended, False, info

    def render(self) -> str | None:
        """The problem, or the last turn, as text (``ansi``); ``human`` prints by itself."""
        return rendered(self._now, self.max_turns) if self.render_mode == "ansi" else None

    def steps_at_once(self, *, wrapped: bool = False) -> int | None:
        """How many episodes are worth stepping at once: more would only wait for boxes; None where that is unknown.

        Args:
            wrapped: whether wrappers may wait for something else than a box, such as a model that gives rewards.
        """
        sandbox = self._process.open_sandbox()
        workers = getattr(sandbox, "workers", None)
        if workers is None:
            return None
        return int(workers) * (_STEPS_A_BOX if wrapped or isinstance(sandbox, RemoteSandbox) else 1)

    def close(self) -> None:
        """Give back the sandbox; may be called twice."""
        self._process.leave(self)

    def clone_state(self) -> EpisodeState:
        """A snapshot from which :meth:`restore_state` goes on, in this environment or one like it."""
        now, rng = self._now, copy.deepcopy(self.np_random.bit_generator.state)
        return EpisodeState(now.problem.id, now.dialogue, now.judgements, now.ended, now.private, dict(rng))

    def restore_state(self, state: EpisodeState) -> tuple[Observation, dict[str, Any]]:
        """Go back to a snapshot.

        Raises:
            ProblemError: its problem is not in this environment's set.
            UsageError: it has more turns than this environment.
        """
        self._state = self._process.restored(state)
        self.np_random.bit_generator.state = copy.deepcopy(state.rng)
        return observe(self._state, self.max_turns), self._info({})

    def _shown(self, timings: dict[str, float]) -> tuple[Observation, dict[str, Any]]:
        if self.render_mode == "human":
            print(rendered(self._now, self.max_turns))
        return observe(self._now, self.max_turns), self._info(timings)

    def _info(self, timings: dict[str, float]) -> dict[str, Any]:
        return inform(self._now, reveal_private=self._reveal_private, timings=timings if self._timings else None)
