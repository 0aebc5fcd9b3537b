"""Tests of the server as a process: addresses, signals, and clients that mean no good."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from codegym import cli
from tests.conftest import need
from tests.served import Server, serving

JUDGE = {"problem_id": "sum-of-two", "program": "print(sum(map(int, input().split())))"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """With narrow bounds: half a second for a request's first lines, and 64 connections."""
    pytest.importorskip("fastapi", reason="the extra 'server' is not installed")
    need("bubblewrap")
    with serving("--sandbox", "bubblewrap", "--workers", "2", "--body-mb", "1") as server:
        yield server


def judged(server: Server) -> bool:
    answer = requests.post(f"{server.url}/v1/judge", json=JUDGE, timeout=120)
    return answer.status_code == 200 and bool(answer.json()["accepted"])


def test_idle_and_half_open_connections_disturb_nobody(server: Server) -> None:
    """Many connections that say nothing, or half a request, and the next client is served as ever."""
    idle = []
    for number in range(500):
        connection = socket.create_connection(("127.0.0.1", server.port))
        if number % 2:
            connection.sendall(b"POST /v1/judge HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n")
        if number % 4 == 3:
            connection.sendall(b"\r\n{")
        idle.append(connection)
    assert judged(server)
    for connection in idle:
        connection.close()
    assert judged(server)


@pytest.mark.parametrize(
    "words",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/judge HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/judge HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 200_000,
        b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 50_000 + b"\r\n",
    ],
)
def test_what_is_no_request_ends_with_its_connection(server: Server, words: bytes) -> None:
    """The server closes it, or answers that it is none; others are served."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.settimeout(60)
        try:
            connection.sendall(words)
            answer = connection.recv(1 << 16)
        except ConnectionError:
            answer = b""
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert judged(server)


def test_a_request_of_many_megabytes_is_refused_with_a_sentence(server: Server) -> None:
    """Its sender hears why, and not only that the connection broke."""
    answer = requests.post(f"{server.url}/v1/judge", data=b"x" * (20 << 20), timeout=120)
    assert (answer.status_code, answer.json()["error"]) == (413, "TooLarge")


def test_many_clients_at_once_get_right_answers(server: Server) -> None:
    """Each its own."""

    def ask(number: int) -> str:
        asked = {"program": "print(int(input()) * 2)", "inputs": [str(number)]}
        answer = requests.post(f"{server.url}/v1/run", json=asked, timeout=300).json()
        return str(answer["runs"][0]["stdout"])

    with ThreadPoolExecutor(32) as threads:
        assert list(threads.map(ask, range(100))) == [f"{2 * number}\n" for number in range(100)]


def test_ends_what_it_began(tmp_path: Path) -> None:
    """At SIGTERM a request that is at work gets its answer, the process ends with status 0, and no box is left."""
    pytest.importorskip("fastapi", reason="the extra 'server' is not installed")
    need("bubblewrap")
    answers: list[Any] = []
    mark = f"mark{os.getpid()}"
    with serving("--sandbox", "bubblewrap", "--workers", "1") as server:
        asked = {"program": f"import time; time.sleep(2); print('{mark}')", "inputs": [""]}

        def ask() -> None:
            answers.append(requests.post(f"{server.url}/v1/run", json=asked, timeout=120))

        client = threading.Thread(target=ask)
        client.start()
        while "codegym_at_work 1.0" not in requests.get(f"{server.url}/metrics", timeout=60).text:
            pass
        server.process.send_signal(signal.SIGTERM)
        client.join()
        assert server.process.wait() == 0
    assert answers[0].json()["runs"][0]["stdout"] == f"{mark}\n"
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{server.url}/health", timeout=10)


def test_a_program_that_goes_on_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """What is at work when the time to end is over is broken off."""
    pytest.importorskip("fastapi", reason="the extra 'server' is not installed")
    need("bubblewrap")
    with serving("--sandbox", "bubblewrap", "--workers", "1", "--drain-s", "1") as server:
        asked = {"program": "import time; time.sleep(60)", "inputs": [""], "limits": {"cpu_s": 50, "wall_s": 100}}

        def ask() -> None:
            with contextlib.suppress(requests.exceptions.RequestException):
                requests.post(f"{server.url}/v1/run", json=asked, timeout=120)

        client = threading.Thread(target=ask)
        client.start()
        while "codegym_at_work 1.0" not in requests.get(f"{server.url}/metrics", timeout=60).text:
            pass
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(30)
        assert time.monotonic() - began < 20
        client.join()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "expected a token for a server at 0.0.0.0"),
        (["--host", "no.such.name.invalid"], "expected a token"),
        (["--token-file", "missing"], "expected a file with a token"),
        (["--problems", "no-such-set"], "no-such-set"),
        (["--idle-s", "0"], "expected idle_s of more than 0"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(
    options: list[str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And exit status 2."""
    pytest.importorskip("fastapi", reason="the extra 'server' is not installed")
    monkeypatch.delenv("CODEGYM_TOKEN", raising=False)
    monkeypatch.setattr(sys, "argv", ["codegym", "serve", *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert words in said
    assert said.count("\n") == 1


def test_a_taken_port_is_one_sentence(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before any box starts."""
    monkeypatch.setattr(sys, "argv", ["codegym", "serve", "--port", str(server.port)])
    with pytest.raises(SystemExit):
        cli.main()
    assert "expected an address to listen at" in capsys.readouterr().err


def test_no_answer_is_the_servers_fault(server: Server) -> None:
    """Requests that schemathesis makes of the server's own schema, and of what the schema forbids."""
    pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json"),
            *("--checks", "not_a_server_error", "--max-examples", "6", "--seed", "1"),
            *("--phases", "examples,fuzzing", "--request-timeout", "120", "--no-color"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, json.dumps(done.stdout[-4000:] + done.stderr[-1000:])
    assert judged(server)
