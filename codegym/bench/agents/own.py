"""Agents of a user's own: any Python object that answers."""

import importlib
import os
import sys
from typing import Any

from codegym.bench.agents.asking import said
from codegym.bench.agents.gather import gather
from codegym.bench.agents.protocol import Agent
from codegym.errors import AgentError, UsageError


class _Function:
    """A function in the form of an agent."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer


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
    if any(callable(getattr(agent, name, None)) for name in ("answer", "answer_async", "answer_batch")):
        return gather(agent)
    if callable(agent) and not hasattr(agent, "answer"):
        return gather(_Function(agent))
    raise UsageError(f"expected {module}:{attribute} to have a method answer(observation), got {type(agent).__name__}")
