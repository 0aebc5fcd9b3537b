"""Boxes behind a server (``codegym serve``) on some other machine."""

import base64
import contextlib
import functools
import os
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from codegym.errors import CodegymError, ProblemError, SandboxError, SandboxUnavailable, UsageError
from codegym.problem import Limits
from codegym.sandbox.base import STATUSES, Conversation, Execution, Input, Side
from codegym.sandbox.remote import Order, RemoteSandbox

if TYPE_CHECKING:
    import requests

MOST_BYTES = 8 << 20
"""Bytes of inputs in one request; a single larger input goes alone."""
MOST_INPUTS = 10_000
"""Of one request."""
PATIENCE_S = 300.0
"""How long a server may have no place, or be away, before a call fails."""
_PAUSES_S = (0.1, 0.25, 0.5, 1.0)
_CONNECT_S = 10.0
_ERRORS: dict[str, type[CodegymError]] = {
    kind.__name__: kind for kind in (UsageError, ProblemError, SandboxError, SandboxUnavailable)
}


class HttpSandbox(RemoteSandbox):
    """The client of a server.

    Args:
        workers: calls at once; by default as many as the server has workers.
        url: the server's, such as ``http://127.0.0.1:8000``; by default the environment variable ``CODEGYM_URL``.
        token: the server's; by default the environment variable ``CODEGYM_TOKEN``.
        patience_s: how long to try again where the server has no place, or does not answer any more.

    Raises:
        UsageError: there is no URL, or it is none.
    """

    kind = "http"

    def __init__(
        self,
        workers: int | None = None,
        *,
        url: str | None = None,
        token: str | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        super().__init__()
        if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
            raise UsageError(f"expected a positive number of workers, got {workers!r}")
        self._url = (url or os.environ.get("CODEGYM_URL", "")).rstrip("/")
        if not self._url.startswith(("http://", "https://")):
            raise UsageError(f"expected the url of a server, such as http://127.0.0.1:8000, got {self._url!r}")
        self._token = token or os.environ.get("CODEGYM_TOKEN", "")
        self._patience_s = patience_s
        self._workers = workers
        self._answered = False
        self._local = threading.local()
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()

    @property
    def workers(self) -> int:
        """Calls that make sense at once."""
        return self._workers or int(self._about["workers"])

    @functools.cached_property
    def _about(self) -> dict[str, Any]:
        about: dict[str, Any] = self._ask("GET", "/v1/sandbox", None, _CONNECT_S + 300)
        return about

    def request(self, order: Order, begin: int, end: int, until_failure: bool) -> list[Execution]:
        """See :class:`~codegym.sandbox.remote.RemoteSandbox`."""
        inputs = _fitting(order.inputs[begin:end])
        asked = {
            "program": _text(order.program.encode(errors="surrogatepass")),
            "inputs": [_input(given) for given in inputs],
            "language": order.language,
            "entry_point": order.entry_point,
            "limits": asdict(order.limits),
            "room": order.room,
            "files": _pairs(order.files),
            "until_failure": until_failure,
            "encoding": "base64",
        }
        answer = self._ask("POST", "/v1/run", asked, _allowance(order.limits, len(inputs)))
        return [_execution(run) for run in answer["runs"]]

    def converse(self, program: Side, interactor: Side, *, accepts: int = 0) -> Conversation:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        self.check_usable()
        asked = {"program": _side(program), "interactor": _side(interactor), "accepts": accepts}
        allowance = _allowance(program.limits, 1) + _allowance(interactor.limits, 1)
        said = self._ask("POST", "/v1/converse", asked, allowance)
        return Conversation(
            _execution(said["program"]),
            _execution(said["interactor"]),
            said["unprompted"],
            tuple((by, _bytes(words)) for by, words in said["transcript"]),
            said["cut"],
        )

    def languages(self) -> tuple[str, ...]:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        self.check_usable()
        return tuple(self._about["languages"])

    def protections(self) -> Mapping[str, str]:
        """Those of the server's sandbox."""
        self.check_usable()
        return {"server": self._url, **self._about["protections"]}

    def close(self) -> None:
        """Close the connections; the server's boxes stay."""
        self._closed = True
        for session in list(self._sessions):
            session.close()

    def _session(self) -> "requests.Session":
        import requests

        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False  # no proxies, and no other token of a .netrc file
            if self._token:
                self._local.session.headers["Authorization"] = f"Bearer {self._token}"
            self._sessions.add(self._local.session)
        session: requests.Session = self._local.session
        return session

    def _ask(self, method: str, path: str, asked: Any, allowance: float) -> Any:
        """The answer to a request, which is sent again while the server has no place, or is away for a while."""
        import requests

        give_up = time.monotonic() + self._patience_s
        tries = 0
        while True:
            try:
                answer = self._session().request(
                    method, self._url + path, json=asked, timeout=(_CONNECT_S, allowance), allow_redirects=False
                )
            except requests.exceptions.RequestException as error:
                if not self._answered:
                    raise SandboxUnavailable(
                        f"expected a server at {self._url}, got {_cause(error)}; codegym serve starts one"
                    ) from None
                failure: CodegymError = SandboxError(f"expected an answer of {self._url}, got {_cause(error)}")
            else:
                self._answered = True
                if answer.ok:
                    with contextlib.suppress(ValueError):
                        return answer.json()
                failure = _failure(answer)
                if answer.status_code not in (408, 429, 502, 504):
                    raise failure
            pause = _PAUSES_S[min(tries, len(_PAUSES_S) - 1)]
            tries += 1
            if time.monotonic() + pause > give_up or self._closed:
                raise failure
            time.sleep(pause)


def _failure(answer: "requests.Response") -> CodegymError:
    """What an answer that is no result tells."""
    try:
        body = answer.json()
        kind, message = str(body["error"]), str(body["message"])
    except (ValueError, KeyError, TypeError):
        return SandboxError(f"expected an answer of codegym serve, got status {answer.status_code} and other words")
    if answer.status_code in (401, 403, 413):
        return UsageError(message)
    return _ERRORS.get(kind, SandboxError)(message)


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"


def _allowance(limits: Limits, inputs: int) -> float:
    """Seconds after which an answer is not to be hoped for."""
    return 300 + inputs * (4 * limits.wall_seconds + 10)


def _fitting(inputs: Sequence[bytes | Input]) -> list[bytes | Input]:
    """The first inputs, as many as fit into one request, and one at least."""
    chosen: list[bytes | Input] = []
    size = 0
    for given in inputs[:MOST_INPUTS]:
        size += len(given) if isinstance(given, bytes) else len(given.stdin) + sum(len(d) for _, d in given.files)
        if chosen and size > MOST_BYTES:
            break
        chosen.append(given)
    return chosen


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _pairs(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, str]]:
    return [(name, _text(data)) for name, data in files]


def _input(given: bytes | Input) -> Any:
    if isinstance(given, bytes):
        return _text(given)
    return {
        "stdin": _text(given.stdin),
        "arguments": given.arguments,
        "files": _pairs(given.files),
        "wanted": given.wanted,
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "program": _text(side.program.encode(errors="surrogatepass")),
        "limits": asdict(side.limits),
        "language": side.language,
        "files": _pairs(side.files),
        "given": _input(side.given),
    }


def _execution(run: dict[str, Any]) -> Execution:
    """A run of an answer.

    Raises:
        SandboxError: it is none.
    """
    try:
        if run["status"] not in STATUSES:
            raise ValueError(run["status"])
        return Execution(
            run["status"],
            int(run["exit_code"]),
            _bytes(run["stdout"]),
            _bytes(run["stderr"]),
            float(run["cpu_s"]),
            float(run["wall_s"]),
            int(run["memory_bytes"]),
            _bytes(run["result"]),
            tuple((str(name), _bytes(data)) for name, data in run["files"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SandboxError(f"expected the runs of a program from the server, got {type(error).__name__}") from None
