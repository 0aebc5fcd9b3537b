"""What verifiers finds by its name, from this folder: `vf-eval codegym_tasks --env.taskset.problems builtin`."""

from codegym.integrations.verifiers import CodeRepairTaskset, CodeRepairVerifiersEnv

__all__ = ["CodeRepairTaskset", "CodeRepairVerifiersEnv"]
