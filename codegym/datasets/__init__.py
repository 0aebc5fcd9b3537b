"""Where problems come from; all sources give a :class:`ProblemSet`."""

from codegym.datasets.problem_set import ProblemSet
from codegym.datasets.registry import Loader, Source, dataset_names, load_problems, register_dataset

__all__ = ["Loader", "ProblemSet", "Source", "dataset_names", "load_problems", "register_dataset"]
