"""Tianshou: environments in numbers, whose episodes share one sandbox."""

from typing import Any

from codegym.datasets import Source
from codegym.env import CodeRepairEnv
from codegym.integrations.choice import PROBLEMS, choice_options, choice_wrappers
from codegym.integrations.libraries import missing

try:
    from tianshou.env import DummyVectorEnv
except ImportError as error:
    raise missing("tianshou", "tianshou", error) from None


def make_venv(num_envs: int, problems: Source = PROBLEMS, **options: Any) -> Any:
    """A ``DummyVectorEnv`` of the choice of :mod:`codegym.integrations.choice`, of one turn, over one sandbox.

    Tianshou steps these one after the other. For its ``SubprocVectorEnv`` give it
    :func:`codegym.integrations.choice.make_choice_env`: each process has a sandbox of its own then. Its
    ``ShmemVectorEnv`` takes no text.

    Args:
        num_envs: how many.
        problems: what is drawn from.
        options: further arguments of :class:`~codegym.env.CodeRepairEnv`.
    """
    first = CodeRepairEnv(problems, **{"max_turns": 1, **choice_options(), **options})

    def make(number: int) -> Any:
        env: Any = first if number == 0 else first.sibling()
        for wrap in choice_wrappers():
            env = wrap(env)
        return env

    return DummyVectorEnv([lambda number=number: make(number) for number in range(num_envs)])
