"""What stands before the application: who may enter, how much they may bring, and how long they may take."""

import asyncio
import base64
import binascii
import hmac
import json
import re
from typing import Any

from codegym.server.metrics import Metrics
from codegym.server.settings import ServerSettings, is_loopback

Scope = dict[str, Any]
OPEN_PATHS = frozenset({"/health"})
_DRAINED_BYTES = 256 << 20
"""A request that is too large is read so far, and thrown away, for its sender hears the answer only then."""


class RefusalError(Exception):
    """A request that goes no further.

    Args:
        status: the answer's.
        kind: one word for a program.
        message: one sentence for a person.
    """

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


class Guard:
    """Around an ASGI application.

    Args:
        app: the application.
        settings: the bounds.
        metrics: counts each answer.
    """

    def __init__(self, app: Any, settings: ServerSettings, metrics: Metrics) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._held = 0

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        with self._metrics.request(scope) as seen:

            async def sending(message: Any) -> None:
                if message["type"] == "http.response.start":
                    seen(message["status"])
                await send(message)

            try:
                self._check_identity(scope)
                await self._enter(scope, receive, sending)
            except RefusalError as refusal:
                await _refuse(refusal, sending)

    def _check_identity(self, scope: Scope) -> None:
        if scope["path"] in OPEN_PATHS:
            return
        headers = dict(scope["headers"])
        if not self._settings.token:
            # A page in a browser on this machine must not be able to use it: neither by its own name nor by another.
            host = re.sub(r":\d*$", "", headers.get(b"host", b"localhost").decode("latin-1"))
            if b"origin" in headers or not is_loopback(host):
                raise RefusalError(403, "Forbidden", "expected a request of a program on this machine, got a page's")
            return
        if not hmac.compare_digest(_given_token(headers.get(b"authorization", b"")), self._settings.token.encode()):
            raise RefusalError(401, "Unauthorized", "expected the server's token as Authorization: Bearer, got none")

    async def _enter(self, scope: Scope, receive: Any, send: Any) -> None:
        held = [0]
        try:
            body = await self._body(scope, receive, held)
            if body is not None:
                await self._app(scope, _once(body, receive), send)
        finally:
            self._held -= held[0]

    async def _body(self, scope: Scope, receive: Any, held: list[int]) -> bytes | None:
        """The whole request, whose bytes are counted in ``held``; None if its sender has left."""
        chunks: list[bytes] = []
        more = True
        try:
            self._check_size(int(dict(scope["headers"]).get(b"content-length", b"0")))
            async with asyncio.timeout(self._settings.body_s):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    chunk, more = message.get("body", b""), message.get("more_body", False)
                    held[0] += len(chunk)
                    self._held += len(chunk)
                    self._check_size(held[0])
                    chunks.append(chunk)
        except RefusalError as refusal:
            if refusal.status == 413 and more:
                await self._drain(receive)
            raise
        except TimeoutError:
            raise RefusalError(
                408, "TooSlow", f"expected the whole request within {self._settings.body_s:g} s, got a part of it"
            ) from None
        return b"".join(chunks)

    def _check_size(self, size: int) -> None:
        if size > self._settings.body_bytes:
            raise RefusalError(
                413, "TooLarge", f"expected a request of at most {self._settings.body_bytes} bytes, got a larger one"
            )
        if self._held > self._settings.bodies_bytes:
            raise RefusalError(429, "Busy", "expected a server with room, but its requests fill it; try again later")

    async def _drain(self, receive: Any) -> None:
        left = _DRAINED_BYTES
        try:
            async with asyncio.timeout(self._settings.body_s):
                while left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    if message["type"] == "http.disconnect" or not message.get("more_body", False):
                        return
        except TimeoutError:
            return


def _given_token(header: bytes) -> bytes:
    """The token of a header: ``Bearer TOKEN``, or the password of ``Basic``, which clients make of a URL."""
    scheme, _, words = header.partition(b" ")
    if scheme.lower() == b"bearer":
        return words.strip()
    if scheme.lower() == b"basic":
        try:
            return base64.b64decode(words.strip(), validate=True).partition(b":")[2]
        except binascii.Error:
            return b""
    return b""


def _once(body: bytes, receive: Any) -> Any:
    """What the application receives: the body, and after it whatever comes."""
    left = [body]

    async def received() -> Any:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return received


async def _refuse(refusal: RefusalError, send: Any) -> None:
    body = json.dumps({"error": refusal.kind, "message": str(refusal)}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if refusal.status == 429:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
