"""A server on loopback that speaks OpenAI's protocol as badly as it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]
SOON = {"retry-after-ms": "1"}


def completion(text: str | None, **message: Any) -> dict[str, Any]:
    """A response with one answer."""
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }


def says(text: str) -> Reply:
    return 200, {}, json.dumps(completion(text)).encode()


def gives(data: Any) -> Reply:
    return 200, {}, json.dumps(data).encode()


def fails(status: int, **error: Any) -> Reply:
    return status, dict(SOON), json.dumps({"error": {"message": "no", **error}}).encode()


@dataclass
class Endpoint:
    """What the server was asked, and where it is.

    Attributes:
        url: for a client.
        asked: the body of each request.
        headers: of each request.
    """

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: list[int] = field(default_factory=lambda: [0, 0])


@contextmanager
def endpoint(reply: Callable[[int, dict[str, Any]], Reply | None], port: int = 0) -> Iterator[Endpoint]:
    """A server. ``reply`` gets the request's number, from 0, and body; None breaks the connection off half way."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                number = len(found.asked)
                found.asked.append(body)
                found.headers.append({name.lower(): value for name, value in self.headers.items()})
                found.at_once[0] += 1
                found.at_once[1] = max(found.at_once)
            said = reply(number, body)
            with lock:
                found.at_once[0] -= 1
            status, headers, data = said or (200, {}, says("half")[2])
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(data)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data if said else data[: len(data) // 2])
            if not said:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: Any) -> None:
            """A client that goes away is part of the tests."""

    server = Server(("127.0.0.1", port), Handler)
    chosen = server.socket.getsockname()[1]
    found = Endpoint(f"http://127.0.0.1:{chosen}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
