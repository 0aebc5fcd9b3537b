"""codegym: reinforcement learning environments for code synthesis with execution feedback.

Importing it registers the environments with Gymnasium and does nothing else.
"""

from gymnasium.envs.registration import register

from codegym.datasets import ProblemSet, dataset_names, load_problems, register_dataset
from codegym.env import CodeRepairEnv
from codegym.errors import CodegymError, SandboxError
from codegym.judge import judge
from codegym.problem import Checker, LabelledProgram, Limits, Problem, Statement, TestCase
from codegym.sandbox import Execution, Sandbox, make_sandbox
from codegym.verdict import Judgement, TestResult, Verdict
from codegym.version import __version__

__all__ = [
    "Checker",
    "CodeRepairEnv",
    "CodegymError",
    "Execution",
    "Judgement",
    "LabelledProgram",
    "Limits",
    "Problem",
    "ProblemSet",
    "Sandbox",
    "SandboxError",
    "Statement",
    "TestCase",
    "TestResult",
    "Verdict",
    "__version__",
    "dataset_names",
    "judge",
    "load_problems",
    "make_sandbox",
    "register_dataset",
]

register(
    id="CodeRepairEnv-v0",
    entry_point="codegym.env:CodeRepairEnv",
    vector_entry_point="codegym.vector:CodeRepairVectorEnv",
)
