"""Text for chat models: answers in, messages or one text out."""

import re
from collections.abc import Collection
from typing import Any, Literal

import gymnasium as gym
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs

from codegym.env import Observation
from codegym.errors import UsageError
from codegym.feedback import code_block
from codegym.languages import LANGUAGES, Language, find_language
from codegym.spaces import Program

Which = Literal["first", "last"]
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def language_of(env: gym.Env[Any, Any]) -> Language:
    """What programs of an environment are written in; Python where it does not say."""
    return find_language(env.get_wrapper_attr("language") if env.has_wrapper_attr("language") else "python")


def extract_program(
    answer: str, which: Which = "last", marks: Collection[str] = LANGUAGES["python"].marks
) -> str | None:
    """The program in a chat answer: its first or last fenced block.

    Blocks marked as Python (or by one of ``marks``) count; where there is none, blocks without a mark. A block that is
    never closed runs to the end of the answer.

    Args:
        answer: what a model said.
        which: which of several blocks.
        marks: the words behind a fence, in lower case, that mark the wanted language.

    Returns:
        The program, or None where there is no such block.
    """
    if which not in ("first", "last"):
        raise UsageError(f"expected which block 'first' or 'last', got {which!r}")
    blocks = _fenced_blocks(answer)
    marked = [text for language, text in blocks if language.lower().split(",")[0].strip("{}.") in marks]
    programs = marked or [text for language, text in blocks if not language]
    if not programs:
        return None
    return programs[0 if which == "first" else -1]


def _fenced_blocks(answer: str) -> list[tuple[str, str]]:
    """Language and text of each fenced block, by CommonMark's rules, in one pass over the lines."""
    blocks: list[tuple[str, list[str]]] = []
    fence, indent = "", 0
    for line in _LINE.findall(answer):
        text = line.rstrip()
        margin = len(text) - len(text.lstrip(" "))
        bare = text[margin:]
        if fence:
            if margin < 4 and len(bare) >= len(fence) and set(bare) == {fence[0]}:
                fence = ""
            else:
                blocks[-1][1].append(line[min(indent, len(line) - len(line.lstrip(" "))) :])
        elif margin < 4 and bare[:3] in ("```", "~~~"):
            rest = bare.lstrip(bare[0])
            if bare[0] == "`" and "`" in rest:
                continue  # code within a line
            fence, indent = bare[: len(bare) - len(rest)], margin
            blocks.append(((rest.split() or [""])[0], []))
    if fence and not "".join(blocks[-1][1]).strip():
        blocks.pop()  # opened at the very end, with nothing in it
    return [(language, "".join(lines)) for language, lines in blocks]


class ExtractProgram(gym.Wrapper[Any, str, Any, str], RecordConstructorArgs):
    """Takes a chat answer as action and steps with the program in it.

    Spaces in and out are those of the environment. ``info["extracted"]`` says whether the last answer held a program
    (False at reset); one without counts as *no program*. Blocks count that are marked as of the environment's language.

    Args:
        env: the environment.
        which: ``first`` or ``last`` fenced block.
    """

    def __init__(self, env: gym.Env[Any, str], which: Which = "last") -> None:
        RecordConstructorArgs.__init__(self, which=which)
        super().__init__(env)
        extract_program("", which)
        self._which: Which = which
        self._marks = language_of(env).marks

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        """Reset."""
        observation, info = self.env.reset(seed=seed, options=options)
        return observation, {**info, "extracted": False}

    def step(self, action: str) -> Any:
        """Step with the program in the answer."""
        if not isinstance(action, str):
            raise UsageError(f"expected an answer as text, got {type(action).__name__}")
        program = extract_program(action, self._which, self._marks)
        observation, reward, terminated, truncated, info = self.env.step(program or "")
        return observation, reward, terminated, truncated, {**info, "extracted": program is not None}


class ChatMessages(gym.ObservationWrapper[tuple[dict[str, str], ...], str, Observation], RecordConstructorArgs):
    """Shows the dialogue as chat messages.

    Observation space: ``Sequence`` of ``Dict(role, content)``: a system message if there is one, the problem as
    ``user``, then each program in a fenced block as ``assistant`` and its feedback as ``user``.

    Args:
        env: the environment.
        system: text of a system message, or None for none.
    """

    def __init__(self, env: gym.Env[Observation, str], system: str | None = None) -> None:
        RecordConstructorArgs.__init__(self, system=system)
        super().__init__(env)
        self._system = system
        self._mark = language_of(env).marks[0]
        self.observation_space = spaces.Sequence(spaces.Dict({"role": Program(), "content": Program()}))

    def observation(self, observation: Observation) -> tuple[dict[str, str], ...]:
        """The messages."""
        messages = [] if self._system is None else [{"role": "system", "content": self._system}]
        messages.append({"role": "user", "content": observation["problem"]})
        for turn in observation["dialogue"]:
            messages.append({"role": "assistant", "content": code_block(turn["program"], self._mark)})
            messages.append({"role": "user", "content": turn["feedback"]})
        return tuple(messages)


class DialogueText(gym.ObservationWrapper[str, str, Observation], RecordConstructorArgs):
    """Shows problem and dialogue as one text. Observation space: ``Program``.

    Args:
        env: the environment.
    """

    def __init__(self, env: gym.Env[Observation, str]) -> None:
        RecordConstructorArgs.__init__(self)
        super().__init__(env)
        self.observation_space = Program()
        self._mark = language_of(env).marks[0]

    def observation(self, observation: Observation) -> str:
        """The text."""
        return dialogue_text(observation, self._mark)


def dialogue_text(observation: Observation, mark: str = "python") -> str:
    """Problem and dialogue as one text; blocks of programs are marked as in a language."""
    parts = [observation["problem"]]
    for number, turn in enumerate(observation["dialogue"], 1):
        parts.append(
            f"## Answer {number}\n\n{code_block(turn['program'], mark)}\n\n## Feedback {number}\n\n{turn['feedback']}\n"
        )
    return "\n".join(parts)
