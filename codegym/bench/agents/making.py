"""The agent of a name."""

from collections.abc import Iterable

from codegym.bench.agents.knowing import BUILT_IN, KnowingAgent
from codegym.bench.agents.own import import_agent
from codegym.bench.agents.protocol import Agent
from codegym.bench.agents.replay import ReplayAgent
from codegym.bench.options import Connection, Sampling
from codegym.datasets import ProblemSet
from codegym.errors import UsageError
from codegym.feedback import Templates
from codegym.languages import find_language
from codegym.problem import Problem

NAMES = f"{', '.join(BUILT_IN)}, replay:FILE, python:MODULE:OBJECT, openai:MODEL, hf:PATH or command:WORDS"


def make_agent(
    name: str,
    problems: ProblemSet,
    *,
    sampling: Sampling | None = None,
    connection: Connection | None = None,
    templates: Templates | None = None,
    language: str = "python",
) -> Agent:
    """The agent of a name, in a form that may be asked from any number of threads; close it at the end.

    Args:
        name: ``oracle``, ``wrong``, ``starter``, ``repair``; ``replay:FILE``; ``python:MODULE:OBJECT`` where the
            object is an agent of any form, a class that makes one without arguments, or a function of an
            observation, and modules are looked for in the current folder too; ``openai:MODEL`` of any endpoint that
            speaks OpenAI's protocol; ``hf:PATH``, a local model for transformers; ``command:WORDS``, a program that
            reads and writes JSON lines.
        problems: the set that is played.
        sampling: how models answer.
        connection: how they are reached.
        templates: how problems are described, if not as by default.
        language: what programs are written in.

    Raises:
        UsageError: there is no such agent, or a package that it needs is not installed.
        AgentError: its module or class raised, or its model cannot be loaded.
    """
    sampling, connection = sampling or Sampling(), connection or Connection()
    kind, _, rest = name.partition(":")
    if name in BUILT_IN:
        return KnowingAgent(problems, BUILT_IN[name], name, templates, language)
    if kind == "replay" and rest:
        return ReplayAgent(rest, problems, templates, language)
    if kind == "python" and rest.count(":") == 1 and all(rest.split(":")):
        return import_agent(*rest.split(":"))
    if kind == "openai" and rest:
        from codegym.bench.agents.endpoint import endpoint_agent

        return endpoint_agent(rest, sampling, connection)
    if kind == "hf" and rest:
        from codegym.bench.agents.local import local_agent

        return local_agent(rest, sampling, connection)
    if kind == "command" and rest.strip():
        from codegym.bench.agents.command import CommandAgent

        return CommandAgent(rest, connection.timeout_s)
    raise UsageError(f"expected agent {NAMES}, got {name!r}")


def played(agent: Agent, problems: Iterable[Problem], language: str = "python") -> list[str]:
    """Ids of the problems that the agent can play.

    That is all but those that want a function in another language, unless the agent has a method ``plays`` that says
    otherwise.
    """
    plays = getattr(agent, "plays", None)
    family = find_language(language).family
    return [
        problem.id
        for problem in problems
        if (problem.kind != "function" or problem.language == family) and (plays is None or plays(problem))
    ]
