"""Where problems come from; all sources give a :class:`ProblemSet`."""

from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.registry import Source, load_problems

__all__ = ["ProblemSet", "Source", "load_problems"]
