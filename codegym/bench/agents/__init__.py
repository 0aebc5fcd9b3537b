"""Agents: an observation in, an answer out."""

from codegym.bench.agents.asking import ask
from codegym.bench.agents.making import make_agent, played
from codegym.bench.agents.protocol import Agent, Answer, AsyncAgent, BatchAgent, Context

__all__ = ["Agent", "Answer", "AsyncAgent", "BatchAgent", "Context", "ask", "make_agent", "played"]
