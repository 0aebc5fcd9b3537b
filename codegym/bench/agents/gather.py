"""Agents of every form made into one that any number of threads may ask."""

import asyncio
import contextlib
import gc
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any

from codegym.bench.agents.asking import batch_form, form, one_each
from codegym.bench.agents.protocol import Agent, AnyAgent, Context
from codegym.env import Observation
from codegym.errors import AgentError

STOPPED = "expected an answer from the agent, but it was stopped"
BATCH = 8
LINGER_S = 0.02
"""How long a batch that is not full waits for further questions."""


def gather(agent: AnyAgent) -> Agent:
    """The same agent, in a form that threads may ask at once; close it at the end."""
    if hasattr(agent, "answer_batch"):
        return Batched(agent)
    if hasattr(agent, "answer_async"):
        return Looped(agent.answer_async, agent)
    if asyncio.iscoroutinefunction(agent.answer):
        return Looped(agent.answer, agent)
    return agent if getattr(agent, "concurrent", False) else Serial(agent.answer, agent)


def close(agent: object) -> None:
    """Tell an agent that nothing more will be asked, if it wants to know; may be called twice."""
    with contextlib.suppress(Exception):  # what it says at its end changes no answer
        getattr(agent, "close", lambda: None)()


class Serial:
    """A user's agent, asked one observation at a time.

    Args:
        answer: observation in, answer out.
        agent: whose it is.
    """

    def __init__(self, answer: Callable[..., Any], agent: object) -> None:
        self._answer = form(answer)
        self._agent = agent
        self._lock = threading.Lock()
        self.plays = getattr(agent, "plays", None)

    def answer(self, observation: Observation, context: Context | None = None) -> Any:
        """See :class:`Agent`."""
        with self._lock:
            return self._answer(observation, context or Context())

    def close(self) -> None:
        """Close the agent."""
        close(self._agent)


class Looped:
    """An agent that answers as a coroutine, on an event loop of its own.

    Args:
        answer: observation in, coroutine out.
        agent: whose it is.
    """

    def __init__(self, answer: Callable[..., Any], agent: object) -> None:
        self._answer = form(answer)
        self._agent = agent
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="codegym agent", daemon=True)
        self._lock = threading.Lock()
        self._open = True
        self.plays = getattr(agent, "plays", None)
        self._thread.start()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def answer(self, observation: Observation, context: Context | None = None) -> Any:
        """See :class:`Agent`."""
        with self._lock:
            if not self._open:
                raise AgentError(STOPPED)
            future = asyncio.run_coroutine_threadsafe(self._ask(observation, context or Context()), self._loop)
        try:
            return future.result()
        except CancelledError:
            raise AgentError(STOPPED) from None

    async def _ask(self, observation: Observation, context: Context) -> Any:
        return await self._answer(observation, context)

    def close(self) -> None:
        """Cancel what is being asked, and end the loop."""
        with self._lock:
            if not self._open:
                return
            self._open = False
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        close(self._agent)

    async def _end(self) -> None:
        asking = asyncio.all_tasks() - {asyncio.current_task()}
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        del asking
        with warnings.catch_warnings():  # a client cancelled while it connects leaves coroutines that it never began
            warnings.simplefilter("ignore", RuntimeWarning)
            gc.collect()
        with contextlib.suppress(Exception):
            await getattr(self._agent, "aclose", _nothing)()


async def _nothing() -> None:
    """What an agent that has nothing to let go of does at its end."""


class Batched:
    """An agent that answers several questions at once: those that threads ask at about the same time.

    Args:
        agent: a ``BatchAgent``.
    """

    def __init__(self, agent: Any) -> None:
        self._answer = batch_form(agent.answer_batch)
        self._agent = agent
        self._size = max(1, int(getattr(agent, "batch_size", BATCH)))
        self._waiting: deque[tuple[Observation, Context, Future[Any]]] = deque()
        self._changed = threading.Condition()
        self._open = True
        self.plays = getattr(agent, "plays", None)
        self._thread = threading.Thread(target=self._run, name="codegym agent", daemon=True)
        self._thread.start()

    def answer(self, observation: Observation, context: Context | None = None) -> Any:
        """See :class:`Agent`."""
        future: Future[Any] = Future()
        with self._changed:
            if not self._open:
                raise AgentError(STOPPED)
            self._waiting.append((observation, context or Context(), future))
            self._changed.notify_all()
        return future.result()

    def _run(self) -> None:
        while batch := self._next_batch():
            try:
                observations, contexts, _ = zip(*batch, strict=True)
                answers = one_each(self._answer(list(observations), list(contexts)), len(batch))
            except (Exception, SystemExit) as error:
                for *_, future in batch:
                    future.set_exception(error)
            else:
                for (*_, future), answer in zip(batch, answers, strict=True):
                    future.set_result(answer)

    def _next_batch(self) -> list[tuple[Observation, Context, Future[Any]]]:
        """The next questions; none once it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._open)
            until = time.monotonic() + LINGER_S
            while self._open and len(self._waiting) < self._size and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            if not self._open:
                for *_, future in self._waiting:
                    future.set_exception(AgentError(STOPPED))
                self._waiting.clear()
            return [self._waiting.popleft() for _ in range(min(self._size, len(self._waiting)))]

    def close(self) -> None:
        """Answer nothing more; the batch at work is waited for."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        close(self._agent)
        self._thread.join()
