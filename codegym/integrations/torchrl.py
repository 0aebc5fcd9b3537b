"""TorchRL: environments over one sandbox, in numbers; and one whose programs are text."""

from typing import Any

from gymnasium.vector import AutoresetMode

from codegym.datasets import Source
from codegym.env import CodeRepairEnv
from codegym.integrations.choice import PROBLEMS, choice_options, choice_wrappers
from codegym.integrations.libraries import missing
from codegym.vector import CodeRepairVectorEnv
from codegym.wrappers import DialogueText

try:
    from torchrl.envs import GymWrapper
except ImportError as error:
    raise missing("torchrl", "torchrl", error) from None


def make_env(num_envs: int, problems: Source = PROBLEMS, **options: Any) -> Any:
    """Episodes that step at once over one sandbox: a ``GymWrapper`` of batch size ``(num_envs,)``.

    By default the choice of :mod:`codegym.integrations.choice`, of one turn; ``action`` is categorical. With
    ``env_wrappers`` others, of which some must make numbers of text.

    Args:
        num_envs: how many.
        problems: what is drawn from.
        options: further arguments of :class:`~codegym.vector.CodeRepairVectorEnv`.
    """
    if "env_wrappers" not in options:
        options = {"max_turns": 1, "env_wrappers": choice_wrappers(), **choice_options(), **options}
    envs = CodeRepairVectorEnv(num_envs, problems, autoreset_mode=AutoresetMode.DISABLED, **options)
    return GymWrapper(envs, categorical_action_encoding=True)


def make_text_env(problems: Source = "builtin", **options: Any) -> Any:
    """One environment whose ``action`` is ``NonTensorData`` of a program, and whose ``observation`` of the dialogue.

    Args:
        problems: what is drawn from.
        options: further arguments of :class:`~codegym.env.CodeRepairEnv`.
    """
    return GymWrapper(DialogueText(CodeRepairEnv(problems, **options)))
