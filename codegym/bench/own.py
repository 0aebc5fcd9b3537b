"""What an agent is, and agents of a user's own: any Python object that answers."""

import importlib
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from codegym.env import Observation
from codegym.errors import AgentError, UsageError


@runtime_checkable
class Agent(Protocol):
    """Whatever answers observations. A plain function will do in its place."""

    def answer(self, observation: Observation) -> str:
        """The next program (or an answer with a program in it, if the run extracts programs).

        Args:
            observation: problem, dialogue so far and turns left; see ``CodeRepairEnv``.
        """
        ...


Answer = Callable[[Observation], str]


class SerialAgent:
    """A user's agent or function, asked one observation at a time whatever the number of episodes at once.

    Args:
        answer: observation in, answer out.
        plays: whether it can play a problem, if it has a say in that.
    """

    def __init__(self, answer: Answer, plays: Any = None) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self.plays = plays

    def answer(self, observation: Observation) -> str:
        """See :class:`Agent`."""
        with self._lock:
            return self._answer(observation)


def import_agent(module: str, attribute: str) -> Agent:
    """The agent that an object of a module is, or makes.

    Raises:
        UsageError: there is no such module or object, or it is no agent.
        AgentError: the module or the class raised.
    """
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(f"expected a Python module {module!r} for the agent, got: {error}") from None
    except (Exception, SystemExit) as error:
        raise AgentError(f"expected to import the agent's module {module!r}, got {said(error)}") from error
    if not hasattr(found, attribute):
        raise UsageError(f"expected {attribute!r} in module {module!r}, found no such thing")
    agent = getattr(found, attribute)
    if isinstance(agent, type):
        try:
            agent = agent()
        except (Exception, SystemExit) as error:
            raise AgentError(f"expected to make an agent of {module}:{attribute}, got {said(error)}") from error
    answer = getattr(agent, "answer", agent)
    if not callable(answer):
        got = type(agent).__name__
        raise UsageError(f"expected {module}:{attribute} to have a method answer(observation), got {got}")
    if getattr(agent, "concurrent", False) and answer is not agent:
        concurrent: Agent = agent
        return concurrent
    return SerialAgent(answer, getattr(agent, "plays", None))


def said(error: BaseException) -> str:
    """An exception in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
