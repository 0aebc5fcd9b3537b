"""An agent of one's own: `codegym bench --agent python:my_agent:Adder` from this folder.

It answers every problem with a program that adds the numbers in its input, and gives up after feedback.
"""

from codegym.env import Observation


class Adder:
    """Knows one thing."""

    def answer(self, observation: Observation) -> str:
        """The next program."""
        if observation["dialogue"]:
            return "print('I give up')"
        return "import sys\nprint(sum(map(int, sys.stdin.read().split())))"
