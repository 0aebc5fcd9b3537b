"""Asking an agent of any form, and what becomes of what it raises."""

import asyncio
import inspect
import operator
from collections.abc import Callable, Sequence
from typing import Any

from codegym.bench.agents.protocol import Answer, AnyAgent, Context
from codegym.env import Observation
from codegym.errors import AgentError

LONGEST = 1 << 24
"""Characters of an answer, at most."""


def ask(agent: AnyAgent, observation: Observation, context: Context | None = None) -> Answer:
    """The agent's answer.

    Raises:
        RequestError: the request failed, which says nothing about the agent.
        AgentError: it raised, or gave something else than text.
    """
    try:
        said_ = _direct(agent, observation, context or Context())
    except AgentError:
        raise
    except (Exception, SystemExit) as error:
        raise AgentError(f"expected an answer from the agent, got {said(error)}") from error
    return checked(said_)


def _direct(agent: Any, observation: Observation, context: Context) -> Any:
    if hasattr(agent, "answer_batch"):
        return one_each(batch_form(agent.answer_batch)([observation], [context]), 1)[0]
    answer = form(agent.answer_async if hasattr(agent, "answer_async") else agent.answer)(observation, context)
    return asyncio.run(_awaited(answer)) if inspect.isawaitable(answer) else answer


async def _awaited(answer: Any) -> Any:
    return await answer


def checked(answer: object) -> Answer:
    """An answer that is one.

    Raises:
        AgentError: it is something else.
    """
    found = Answer(answer) if isinstance(answer, str) else answer
    if isinstance(found, Answer) and isinstance(found.text, str):
        if len(found.text) > LONGEST:
            raise AgentError(f"expected an answer of at most {LONGEST} characters, got {len(found.text)}")
        return Answer(found.text, _count(found.prompt_tokens), _count(found.completion_tokens))
    raise AgentError(f"expected an answer as text from the agent, got {type(answer).__name__}")


def _count(tokens: object) -> int:
    """A number of tokens, of any type that is a whole number."""
    try:
        if (number := operator.index(tokens)) >= 0:  # type: ignore[arg-type]
            return number
    except TypeError:
        pass
    raise AgentError(f"expected numbers of tokens in the agent's answer, got {tokens!r:.60}")


def one_each(answers: object, questions: int) -> Sequence[Any]:
    """The answers of a batch, one for each question.

    Raises:
        AgentError: they are no such thing.
    """
    if isinstance(answers, str) or not isinstance(answers, Sequence) or len(answers) != questions:
        got = f"{len(answers)}" if isinstance(answers, Sequence) else type(answers).__name__
        raise AgentError(f"expected a list of {questions} answers from the agent's batch, got {got}")
    return answers


def form(answer: Callable[..., Any]) -> Callable[[Observation, Context], Any]:
    """A way to ask that takes a context, whether the agent's own does or not."""
    if _takes(answer, "context"):
        return lambda observation, context: answer(observation, context=context)
    return lambda observation, context: answer(observation)


def batch_form(answer: Callable[..., Any]) -> Callable[[Sequence[Observation], Sequence[Context]], Any]:
    """As :func:`form`, of several questions."""
    if _takes(answer, "contexts"):
        return lambda observations, contexts: answer(observations, contexts=contexts)
    return lambda observations, contexts: answer(observations)


def _takes(function: Callable[..., Any], name: str) -> bool:
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def said(error: BaseException) -> str:
    """An exception in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
