"""Tests of codegym.bench.agents.gather and asking: agents of every form, asked from threads."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from codegym.bench.agents import Answer, Context, ask
from codegym.bench.agents.asking import checked
from codegym.bench.agents.gather import close, gather
from codegym.errors import AgentError, RequestError
from tests.test_agents import seen

NAMES = [str(number) for number in range(20)]


class Plain:
    def answer(self, observation: Any) -> str:
        return str(observation["problem"])


class Async:
    async def answer_async(self, observation: Any) -> Answer:
        await asyncio.sleep(0)
        return Answer(observation["problem"], 1, 2)


class AsyncPlain:
    async def answer(self, observation: Any) -> str:
        await asyncio.sleep(0)
        return str(observation["problem"])


class Batch:
    batch_size = 3

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def answer_batch(self, observations: Sequence[Any]) -> list[str]:
        self.sizes.append(len(observations))
        return [observation["problem"] for observation in observations]


FORMS = [Plain, Async, AsyncPlain, Batch]


@pytest.fixture(params=FORMS, ids=lambda form: form.__name__)
def agent(request: pytest.FixtureRequest) -> Iterator[Any]:
    gathered = gather(request.param())
    yield gathered
    close(gathered)


def test_every_form_answers_each_thread_its_own(agent: Any) -> None:
    """Whatever the form, each of many threads gets the answer to its question."""
    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(lambda name: ask(agent, seen(0, name)).text, NAMES)) == NAMES


@pytest.mark.parametrize("form", FORMS)
def test_every_form_can_be_asked_directly(form: Any) -> None:
    """Without threads too: by ``rollout`` with an agent of any form."""
    assert ask(form(), seen(0, "x")).text == "x"


def test_a_closed_agent_answers_no_more(agent: Any) -> None:
    """What can be stopped gives an AgentError after its end, and may be closed twice."""
    close(agent)
    close(agent)
    if type(agent).__name__ != "Serial":
        with pytest.raises(AgentError, match="stopped"):
            ask(agent, seen(0))


def test_a_batch_is_no_larger_than_its_agent_wants() -> None:
    """Questions that are asked at once come in batches, of at most so many."""
    batch = Batch()
    agent = gather(batch)
    together = threading.Barrier(9)

    def one(name: str) -> str:
        together.wait(60)
        return ask(agent, seen(0, name)).text

    with ThreadPoolExecutor(9) as executor:
        assert list(executor.map(one, NAMES[:9])) == NAMES[:9]
    close(agent)
    assert sum(batch.sizes) == 9
    assert max(batch.sizes) <= 3


def test_coroutines_are_asked_at_once() -> None:
    """An asynchronous agent waits for eight questions at a time, not for one after the other."""

    class Together:
        def __init__(self) -> None:
            self.there = 0

        async def answer_async(self, observation: Any) -> str:
            self.there += 1
            while self.there < 8:
                await asyncio.sleep(0.001)
            return "all"

    agent = gather(Together())
    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(lambda name: ask(agent, seen(0, name)).text, NAMES[:8])) == ["all"] * 8
    close(agent)


class Contextual:
    concurrent = True

    def answer(self, observation: Any, *, context: Context) -> str:
        return f"{context.seed} {context.answers}"


class ContextualAsync:
    async def answer_async(self, observation: Any, context: Context) -> str:
        return f"{context.seed} {context.answers}"


class ContextualBatch:
    def answer_batch(self, observations: Sequence[Any], contexts: Sequence[Context]) -> list[str]:
        return [f"{context.seed} {context.answers}" for context in contexts]


class ContextualSerial:
    def answer(self, observation: Any, context: Any = None) -> str:
        return f"{context.seed} {context.answers}"


@pytest.mark.parametrize("form", [Contextual, ContextualAsync, ContextualBatch, ContextualSerial])
def test_an_agent_that_wants_the_context_gets_it(form: Any) -> None:
    """A parameter ``context`` is given, gathered or asked directly, and never where there is none."""
    context = Context(5, ("a",))
    gathered = gather(form())
    assert [ask(agent, seen(1), context).text for agent in (form(), gathered)] == ["5 ('a',)"] * 2
    close(gathered)


def fails(error: BaseException) -> list[Any]:
    """Agents of each form that raise."""

    class Failing:
        def answer(self, observation: Any) -> str:
            raise error

    class FailingAsync:
        async def answer_async(self, observation: Any) -> str:
            raise error

    class FailingBatch:
        def answer_batch(self, observations: Sequence[Any]) -> list[str]:
            raise error

    return [Failing(), FailingAsync(), FailingBatch()]


@pytest.mark.parametrize("form", range(3), ids=["plain", "async", "batch"])
def test_what_an_agent_raises_is_told_in_every_form(form: int) -> None:
    """Any exception is an AgentError with its words; a failed request stays one."""
    for error, kind in ((ValueError("no idea"), AgentError), (RequestError("no net"), RequestError)):
        agent = gather(fails(error)[form])
        with pytest.raises(AgentError, match=r"no idea|no net") as failed:
            ask(agent, seen(0))
        assert type(failed.value) is kind
        close(agent)


@pytest.mark.parametrize("answers", [None, "a", [], ["a", "b"], 7, [None], [7], {"a": 1}], ids=repr)
def test_a_batch_of_other_answers_than_questions_is_refused(answers: Any) -> None:
    """As many answers as questions, each a text, or an AgentError for who asked."""

    class Bad:
        def answer_batch(self, observations: Sequence[Any]) -> Any:
            return answers

    agent: Any = gather(Bad())
    for asked in (agent, Bad()):
        with pytest.raises(AgentError, match="expected"):
            ask(asked, seen(0))
    close(agent)


@pytest.mark.parametrize("tokens", [None, -1, 1.5, "3"])
def test_counts_of_tokens_that_are_none_are_refused(tokens: Any) -> None:
    """They would spoil the run's records."""
    with pytest.raises(AgentError, match="expected numbers of tokens"):
        checked(Answer("x", 1, tokens))


def test_counts_of_any_whole_number_type_will_do() -> None:
    """Those of NumPy too; what is kept are plain numbers."""
    kept = checked(Answer("x", np.int64(5), True))  # type: ignore[arg-type]
    assert json.dumps([kept.prompt_tokens, kept.completion_tokens]) == "[5, 1]"
