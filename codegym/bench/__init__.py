"""Benchmarking agents: who answers, how episodes are rolled out and kept, and what a run showed."""

from codegym.bench.agents import Agent, make_agent
from codegym.bench.rollout import rollout

__all__ = ["Agent", "make_agent", "rollout"]
