"""Tests of what stands before the server's application, without sockets."""

import base64
import concurrent.futures
import threading
import time
from typing import Any

import pytest

from codegym import Execution
from codegym.errors import UsageError
from codegym.server.settings import ServerSettings
from tests.fakes import RIGHT, scripted
from tests.server.conftest import Start

TOKEN = "correct-horse"
JUDGE = {"problem_id": "double", "program": RIGHT}


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"any:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (basic(TOKEN), 200),
        (None, 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Bearer correct-hors", 401),
        (f"Bearer {TOKEN}e", 401),
        (f"Digest {TOKEN}", 401),
        (basic(""), 401),
        ("Basic ***", 401),
        ("Bearer \xff\xfe", 401),
    ],
)
def test_only_who_knows_the_token_enters(start: Start, header: str | None, status: int) -> None:
    """As a bearer, or as the password that clients make of a URL; on every path but that of health."""
    client = start(token=TOKEN)
    headers = [(b"authorization", header.encode("latin-1"))] if header is not None else []
    assert client.post("/v1/judge", json=JUDGE, headers=headers).status_code == status
    for path in ("/v1/problems", "/metrics", "/openapi.json", "/v1/ping", "/nothing"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code == 401) == (status == 401), path
    assert client.get("/health", headers=headers).json()["status"] == "ok"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "example.org", "::", ""])
def test_without_a_token_it_listens_nowhere_else(host: str) -> None:
    """The settings refuse."""
    with pytest.raises(UsageError, match="expected a token"):
        ServerSettings(host=host)
    assert ServerSettings(host=host, token="x").host == host


@pytest.mark.parametrize("token", ["a b", "ä", "a\n", "\x7f"])
def test_a_token_that_no_header_can_carry_is_refused(token: str) -> None:
    """Rather than found out by the first client."""
    with pytest.raises(UsageError, match="printable ASCII"):
        ServerSettings(token=token)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "localhost:1", "[::1]", "[::1]:8000"])
def test_programs_on_this_machine_need_no_token(start: Start, host: str) -> None:
    """By whichever of its names."""
    assert start().get("/v1/problems", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"host": "evil.example:8000"}, {"origin": "http://evil.example"}]
)
def test_a_page_in_a_browser_cannot_use_it(start: Start, headers: dict[str, str]) -> None:
    """Neither from another origin, nor under a name that leads here."""
    assert start().post("/v1/judge", json=JUDGE, headers=headers).status_code == 403


def test_a_large_request_is_refused(start: Start) -> None:
    """Whether it says its length or not."""
    client = start(body_bytes=5000)
    assert client.post("/v1/judge", json=JUDGE).status_code == 200
    large = b"x" * 6000
    for content in (large, iter([large[:3000], large[3000:]])):
        answer = client.post("/v1/judge", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["error"]) == (413, "TooLarge")


def test_a_full_server_says_so(start: Start) -> None:
    """One request at work, one in the queue: the third gets 429, and the first two their answers."""
    go_on = threading.Event()
    began = threading.Semaphore(0)

    def slow(*_: Any) -> Execution:
        began.release()
        go_on.wait()
        return Execution("ok", 0)

    client = start(scripted(slow=slow), at_once=1, queue=1)
    asked = {"program": "slow", "inputs": [""]}
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        first = threads.submit(client.post, "/v1/run", json=asked)
        began.acquire()
        second = threads.submit(client.post, "/v1/run", json=asked)
        while "codegym_waiting 1.0" not in client.get("/metrics").text:
            time.sleep(0.01)
        third = client.post("/v1/run", json=asked)
        assert (third.status_code, third.json()["error"], third.headers["retry-after"]) == (429, "Busy", "1")
        assert client.get("/health").status_code == 200
        go_on.set()
        assert [one.result().status_code for one in (first, second)] == [200, 200]


def test_answers_of_many_runs_are_bounded(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where outputs are very large there are fewer runs, and the client asks for the rest."""
    monkeypatch.setattr("codegym.server.judging._ANSWER_BYTES", 1000)
    client = start(scripted(loud=Execution("ok", 0, stdout=b"x" * 400)))
    answer = client.post("/v1/run", json={"program": "loud", "inputs": [""] * 10}).json()
    assert len(answer["runs"]) == 3
