"""An observation as chat messages."""

from codegym.bench.agents.protocol import Context
from codegym.env import Observation
from codegym.feedback import code_block


def messages(observation: Observation, context: Context, system: str) -> list[dict[str, str]]:
    """System message if there is one, problem, then each answer and its feedback.

    Answers stand as they were given, where the context has them, else as the program in a fenced block.
    """
    found = [{"role": "system", "content": system}] if system else []
    found.append({"role": "user", "content": observation["problem"]})
    for number, turn in enumerate(observation["dialogue"]):
        known = number < len(context.answers)
        answer = context.answers[number] if known else code_block(turn["program"], "python")
        found.append({"role": "assistant", "content": answer})
        found.append({"role": "user", "content": turn["feedback"]})
    return [{name: _sendable(text) for name, text in message.items()} for message in found]


def _sendable(text: str) -> str:
    """Without surrogates, which no encoding has."""
    return text.encode(errors="replace").decode()
