"""One episode in text, as adaptors for language models drive it."""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Any

from codegym.datasets import Source
from codegym.env import CodeRepairEnv
from codegym.errors import SandboxError, SandboxUnavailable
from codegym.languages import find_language
from codegym.threads import step_threads
from codegym.wrappers import extract_program

_log = logging.getLogger("codegym")

ENDED = "The episode has ended; no further program is looked at."


class TextEpisode:
    """A problem as text, answers in, feedback out, and the rewards added up.

    Args:
        env: of its own; see :func:`text_episode`.

    Attributes:
        problem: the text of the problem; empty before :meth:`begin`.
        problem_id: its id.
        verdict: on the last program's public tests; empty before the first.
        ended: whether the episode has ended.
        rewards: of the turns so far.
        solved: whether it ended with all tests passed.
        failure: why a program could not be run, through no fault of its own; else None. The episode has ended then.
    """

    def __init__(self, env: CodeRepairEnv) -> None:
        self._env = env
        self.problem, self.problem_id, self.verdict = "", "", ""
        self.ended, self.solved = True, False
        self.rewards: list[float] = []
        self.failure: SandboxError | None = None

    @property
    def max_turns(self) -> int:
        """Turns at most."""
        return self._env.max_turns

    @property
    def problem_ids(self) -> tuple[str, ...]:
        """The ids of all problems that are drawn from, in order."""
        return self._env.problems.ids

    def sibling(self) -> "TextEpisode":
        """Another episode over the same problems and sandbox."""
        return TextEpisode(self._env.sibling())

    @property
    def episode_return(self) -> float | None:
        """The sum of the rewards; None where a program could not be run."""
        return None if self.failure else sum(self.rewards)

    def begin(self, problem_id: str | None = None, *, seed: int | None = None) -> str:
        """Start over, and give the text of the problem; one is drawn where none is named.

        Raises:
            ProblemError: no problem has this id.
        """
        options = None if problem_id is None else {"problem_id": problem_id}
        observation, info = self._env.reset(seed=seed, options=options)
        self.problem, self.problem_id = observation["problem"], info["problem_id"]
        self.ended, self.solved, self.verdict, self.rewards, self.failure = False, False, "", [], None
        return self.problem

    def answer(self, text: str) -> str:
        """Run the program in an answer, and give the feedback on it.

        Args:
            text: what a model said: prose with a fenced program, or, where it has no fence, the program alone.

        Raises:
            SandboxError: the program could not be run, through no fault of its own; it may be tried again.
        """
        return ENDED if self.ended else self._step(program_of(text, find_language(self._env.language).marks))

    def settle(self, text: str) -> str:
        """As :meth:`answer`, but a program that could not be run is a ``failure``, with which the episode ends.

        Raises:
            SandboxUnavailable: no program can be run here at all.
        """
        return self._settled(self.answer, text)

    def give_up(self) -> None:
        """End the episode without a further program, with the reward that this has; as :meth:`settle`."""
        while not self.ended:
            self._settled(self._step, "")

    def _settled(self, step: Callable[[str], str], text: str) -> str:
        try:
            return step(text)
        except SandboxUnavailable:
            raise
        except SandboxError as error:
            _log.warning("a rollout is left out, because its program could not be run: %s", error)
            self.failure, self.ended = error, True
            return "The program could not be run, through no fault of its own."

    def _step(self, program: str) -> str:
        observation, reward, self.ended, _, info = self._env.step(program)
        self.rewards.append(reward)
        self.solved, self.verdict = info["solved"], info["verdict"]
        return observation["dialogue"][-1]["feedback"]


def program_of(text: str, marks: Collection[str]) -> str:
    """The program in an answer: its last fenced block with one of the marks, or all of it where there is no fence."""
    program = extract_program(text, marks=marks)
    return program if program is not None else "" if "```" in text else text


def text_episode(problems: Source, **options: Any) -> TextEpisode:
    """An episode; its siblings share its sandbox, which ends with the process.

    Args:
        problems: what is drawn from.
        options: further arguments of :class:`~codegym.env.CodeRepairEnv`.
    """
    return TextEpisode(CodeRepairEnv(problems, **options))


def answer_all(episodes: Sequence[TextEpisode], texts: Sequence[str]) -> list[str]:
    """The feedback on an answer to each, all of which run at once."""
    work = [step_threads.submit(episode.settle, text) for episode, text in zip(episodes, texts, strict=True)]
    return [one.result() for one in work]
