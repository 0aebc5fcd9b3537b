"""What an agent is: whatever answers observations, one by one, as coroutines, or several at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from codegym.env import Observation


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with what it cost. An agent that counts nothing may answer with plain text.

    Attributes:
        text: the program, or the chat answer with a program in it.
        prompt_tokens: of what was asked.
        completion_tokens: of the answer.
    """

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a question beside the observation. Given to agents that have a parameter ``context``.

    Attributes:
        seed: for sampling, in [0, 2**31): the same for the same run's seed, problem, rollout and turn, whatever the
            number of episodes at once.
        answers: what the agent answered in the turns before, whole; the observation has the programs alone.
    """

    seed: int = 0
    answers: tuple[str, ...] = ()


@runtime_checkable
class Agent(Protocol):
    """Whatever answers observations. A plain function will do in its place.

    Beside ``answer`` (or one of the other forms, :class:`AsyncAgent` and :class:`BatchAgent`) an agent may have
    ``plays(problem)``, which says whether it can play a problem; ``close()``, called at the end, from another thread
    than those that ask; and ``concurrent``, true if it may be asked from several threads at once. Each form may have
    a keyword parameter ``context`` (``contexts`` in a batch): a :class:`Context`.

    Where a request failed through no fault of the agent's it raises :class:`codegym.errors.RequestError`, and the
    episode counts nowhere; any other exception ends the run.
    """

    def answer(self, observation: Observation) -> str | Answer:
        """The next program (or an answer with a program in it, if the run extracts programs).

        Args:
            observation: problem, dialogue so far and turns left; see ``CodeRepairEnv``.
        """
        ...


@runtime_checkable
class AsyncAgent(Protocol):
    """An agent that is asked as a coroutine, on one event loop, as many questions at once as there are episodes."""

    async def answer_async(self, observation: Observation) -> str | Answer:
        """As :meth:`Agent.answer`."""
        ...


@runtime_checkable
class BatchAgent(Protocol):
    """An agent that answers several questions at once, of different episodes.

    It is asked with at most as many as its attribute ``batch_size`` says (8, if it has none).
    """

    def answer_batch(self, observations: Sequence[Observation]) -> Sequence[str | Answer]:
        """As :meth:`Agent.answer`, an answer for each observation, in their order."""
        ...


AnyAgent = Agent | AsyncAgent | BatchAgent
