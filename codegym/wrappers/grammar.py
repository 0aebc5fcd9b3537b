"""Productions of a grammar in place of a program: every action is a program that can be compiled."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs

from codegym.errors import UsageError
from codegym.wrappers.tokens import checked_numbers

_NAME = re.compile(r"<([a-z_]+)>")


class Grammar:
    """A context-free grammar of programs.

    Args:
        rules: for each name its productions: texts in which ``<name>`` stands for any production of that name. The
            first rule is where programs begin.

    Raises:
        UsageError: a name has no rule, or no program ever ends.
    """

    def __init__(self, rules: Mapping[str, Sequence[str]]) -> None:
        self.rules = {name: tuple(productions) for name, productions in rules.items()}
        for name, productions in self.rules.items():
            if not productions:
                raise UsageError(f"expected productions of <{name}>, got none")
            for unknown in (used for text in productions for used in _NAME.findall(text) if used not in self.rules):
                raise UsageError(f"expected a rule for <{unknown}>, which <{name}> uses, got none")
        if not self.rules:
            raise UsageError("expected a rule at least, got none")
        self._shortest = self._endings()
        self.most = max(len(productions) for productions in self.rules.values())

    def _endings(self) -> dict[str, str]:
        """Of each name the production from which a program ends after the fewest further ones."""
        found: dict[str, str] = {}
        while len(found) < len(self.rules):
            new = {
                name: text
                for name, productions in self.rules.items()
                if name not in found
                for text in reversed(productions)
                if all(used in found for used in _NAME.findall(text))
            }
            if not new:
                endless = next(name for name in self.rules if name not in found)
                raise UsageError(f"expected a production of <{endless}> that comes to an end, got none")
            found |= new
        return found

    def program(self, choices: Sequence[int]) -> str:
        """The program of these choices.

        Each chooses a production for the leftmost name that has several, modulo their number. Names that are left are
        ended as soon as may be.
        """
        left = iter(choices)
        parts: list[str] = []
        todo = [f"<{next(iter(self.rules))}>"]
        while todo:
            text = todo.pop()
            found = _NAME.search(text)
            if found is None:
                parts.append(text)
                continue
            parts.append(text[: found.start()])
            productions = self.rules[found[1]]
            choice = 0 if len(productions) == 1 else next(left, None)
            chosen = self._shortest[found[1]] if choice is None else productions[choice % len(productions)]
            todo += [text[found.end() :], chosen]
        return "".join(parts)


ARITHMETIC = Grammar(
    {
        "program": ("a, b = map(int, input().split())\nprint(<number>)\n",),
        "number": ("a", "b", "<digit>", "(<number> <operator> <number>)", "max(<number>, <number>)",
                   "min(<number>, <number>)", "abs(<number>)"),
        "operator": ("+", "-", "*"),
        "digit": tuple("23456789"),
    }
)  # fmt: skip
"""Programs that read two whole numbers and print one: those of the procedural family ``hidden-rule`` are among them."""


class GrammarActions(gym.ActionWrapper[Any, npt.NDArray[np.int64], str], RecordConstructorArgs):
    """Takes choices among the productions of a grammar for a program.

    Action space: ``MultiDiscrete([most] * length)``, where ``most`` is the largest number of productions of a name.
    Observation space: as it was.

    Args:
        env: the environment, whose actions are text.
        grammar: of the programs.
        length: choices of an action; those that a program does not need are not looked at.
    """

    def __init__(self, env: gym.Env[Any, str], grammar: Grammar = ARITHMETIC, length: int = 12) -> None:
        RecordConstructorArgs.__init__(self, grammar=grammar, length=length)
        super().__init__(env)
        if isinstance(length, bool) or not isinstance(length, int) or length < 1:
            raise UsageError(f"expected a length of at least 1, got {length!r}")
        self._grammar = grammar
        self.action_space = spaces.MultiDiscrete([grammar.most] * length)

    def action(self, action: npt.NDArray[np.int64]) -> str:
        """The program."""
        return self._grammar.program(checked_numbers(action, self.action_space).tolist())
