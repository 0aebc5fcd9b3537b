"""``openai:MODEL``: a model behind an endpoint that speaks OpenAI's chat protocol, through the official client."""

import asyncio
import os
from typing import Any

from codegym.bench.agents.asking import said
from codegym.bench.agents.chat import messages
from codegym.bench.agents.gather import gather
from codegym.bench.agents.protocol import Agent, Answer, Context
from codegym.bench.options import Connection, Sampling, check_url
from codegym.env import Observation
from codegym.errors import AgentError, RequestError, UsageError

MISSING = "expected the package openai for agents openai:MODEL, found none; pip install 'codegym[openai]'"
MALFORMED_TRIES = 3
"""Requests that are made of one question where what comes back is no answer to a request at all."""
_REFUSALS = ("content_filter", "content_policy_violation")
_PAUSE_S = 0.5


def endpoint_agent(model: str, sampling: Sampling, connection: Connection) -> Agent:
    """A model behind an endpoint.

    The key is ``OPENAI_API_KEY`` of the environment; an endpoint named by ``base_url`` or ``OPENAI_BASE_URL`` may need
    none.

    Args:
        model: its name there.
        sampling: how it answers.
        connection: where it is.

    Raises:
        UsageError: the client is not installed, or there is neither a key nor an endpoint.
    """
    return gather(Endpoint(model, sampling, connection))


class Endpoint:
    """See :func:`endpoint_agent`. What is refused, cut off or empty is an answer; what failed is none."""

    def __init__(self, model: str, sampling: Sampling, connection: Connection) -> None:
        try:
            import openai
        except ImportError:
            raise UsageError(MISSING) from None
        url = connection.base_url or os.environ.get("OPENAI_BASE_URL") or None
        key = os.environ.get("OPENAI_API_KEY") or ("none" if url else None)
        if key is None:
            raise UsageError(
                "expected a key in OPENAI_API_KEY, or an endpoint (--base-url or OPENAI_BASE_URL) that needs none, "
                "got neither"
            )
        if url:
            check_url(url)
        try:
            self._client = openai.AsyncOpenAI(
                api_key=key, base_url=url, timeout=connection.timeout_s, max_retries=connection.retries
            )
        except (openai.OpenAIError, ValueError) as error:
            raise UsageError(f"expected an endpoint that can be asked, got {url!r}: {said(error)}") from None
        self._errors = openai
        self._model = model
        self._sampling = sampling
        self._longest_s = (connection.timeout_s + 10) * (connection.retries + 1)

    async def answer_async(self, observation: Observation, context: Context | None = None) -> Answer:
        """See :class:`~codegym.bench.agents.protocol.AsyncAgent`."""
        context = context or Context()
        for left in reversed(range(MALFORMED_TRIES)):
            try:
                return await self._request(observation, context)
            except ValueError as error:
                if not left:
                    raise RequestError(f"expected an answer from {self._where()}, got {_short(error)}") from None
            await asyncio.sleep(_PAUSE_S)
        raise AssertionError("unreachable")

    def _where(self) -> str:
        return f"{self._model!r} at {self._client.base_url.host}"

    async def _request(self, observation: Observation, context: Context) -> Answer:
        """One request, with the client's own tries. A ValueError says that what came back was no response."""
        fields: dict[str, Any] = {
            "temperature": self._sampling.temperature,
            "top_p": self._sampling.top_p,
            "max_tokens": self._sampling.max_tokens,
            "seed": context.seed if self._sampling.send_seed else None,
        }
        fields = {name: value for name, value in fields.items() if value is not None}
        said_so_far: Any = messages(observation, context, self._sampling.system)
        errors = self._errors
        try:
            async with asyncio.timeout(self._longest_s):
                response = await self._client.chat.completions.create(
                    model=self._model,
                    messages=said_so_far,
                    extra_body=dict(self._sampling.body) or None,
                    **fields,
                )
            return read(response)
        except (errors.AuthenticationError, errors.PermissionDeniedError, errors.NotFoundError) as error:
            raise AgentError(f"expected {self._where()} to take requests, got {_short(error)}") from None
        except errors.BadRequestError as error:
            if error.code in _REFUSALS:
                return Answer("")
            raise RequestError(f"expected {self._where()} to take a request, got {_short(error)}") from None
        except errors.APIStatusError as error:
            if error.code == "insufficient_quota":
                raise AgentError(f"expected {self._where()} to take requests, got {_short(error)}") from None
            raise RequestError(f"expected an answer from {self._where()}, got {_short(error)}") from None
        except errors.APIResponseValidationError as error:
            raise ValueError(_short(error)) from None
        except (errors.APIError, TimeoutError) as error:
            cause = error.__cause__
            reason = f"{_short(error)} ({said(cause)})" if cause else _short(error)
            raise RequestError(f"expected an answer from {self._where()}, got {reason}") from None

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._client.close()


def _short(error: BaseException) -> str:
    text = said(error)
    return text if len(text) <= 300 else f"{text[:300]}..."


def read(response: Any) -> Answer:
    """The answer in a response. The client does not look whether a response is what it should be.

    Raises:
        ValueError: there is none in it.
    """
    choices = getattr(response, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    if message is None:
        raise ValueError(f"a response without a message: {str(response)[:100]!r}")
    text = getattr(message, "content", None) or getattr(message, "refusal", None) or ""
    if not isinstance(text, str):
        raise ValueError(f"a message whose content is no text: {str(text)[:100]!r}")
    usage = getattr(response, "usage", None)
    return Answer(text, *(_count(getattr(usage, name, 0)) for name in ("prompt_tokens", "completion_tokens")))


def _count(value: object) -> int:
    return value if type(value) is int and value >= 0 else 0
