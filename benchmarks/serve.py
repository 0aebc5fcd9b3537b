"""The server under many clients at once, and under such as mean no good.

A real ``codegym serve`` with a short queue. So many clients (64) send judgements for so many seconds (120), each of a
program whose verdict is known, as fast as they are answered; one that is told 429 waits a moment. In the middle third
of the time others do what they can: open 10,000 connections and say nothing, send half a request, send what is none,
send requests of 100 MB, have no token. What is shown: answers by status, wrong verdicts, seconds of an answer in each
third, and the server's memory. Exit status 1 at any 5xx, broken answer or wrong verdict of a client with a token.
"""

import asyncio
import collections
import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from common import memory_of, options_parser, percentile, report, show

from codegym import load_problems

TOKEN = "benchmark-token"


@dataclass
class Seen:
    """What the clients saw: answers by third of the time and status, seconds of those that were judged, and faults."""

    statuses: collections.Counter[tuple[int, int]] = field(default_factory=collections.Counter)
    seconds: dict[int, list[float]] = field(default_factory=lambda: {0: [], 1: [], 2: []})
    wrong: list[str] = field(default_factory=list)
    broken: collections.Counter[str] = field(default_factory=collections.Counter)


def client(url: str, jobs: list[tuple[str, str, str]], begin: int, third: float, end: float, seen: Seen) -> None:
    """One client, until the end."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    number = begin
    while (now := time.monotonic()) < end:
        phase = max(0, min(2, 2 - int((end - now) / third)))
        problem, label, source = jobs[number % len(jobs)]
        asked = {"problem_id": problem, "program": source}
        try:
            answer = session.post(f"{url}/v1/judge", json=asked, timeout=300)
        except requests.exceptions.RequestException as error:
            seen.broken[f"{phase}: {type(error).__name__}"] += 1
            continue
        seen.statuses[phase, answer.status_code] += 1
        if answer.status_code == 200:
            number += 1
            seen.seconds[phase].append(time.monotonic() - now)
            if answer.json()["verdict"] != label:
                seen.wrong.append(f"{problem}: {answer.json()['verdict']} instead of {label}")
        elif answer.status_code == 429:
            time.sleep(0.05)


async def assault(port: int, connections: int, seconds: float) -> collections.Counter[str]:
    """Everything that is not nice, for so many seconds."""
    end = time.monotonic() + seconds
    met: collections.Counter[str] = collections.Counter()
    judge = b"POST /v1/judge HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    token = f"authorization: Bearer {TOKEN}\r\n".encode()

    async def attack(name: str, words: bytes, megabytes: int = 0, stay: float = 20.0) -> None:
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 60)
            try:
                writer.write(words)
                for _ in range(megabytes):
                    writer.write(b"x" * (1 << 20))
                    await asyncio.wait_for(writer.drain(), 30)
                answer = await asyncio.wait_for(reader.read(1 << 16), min(stay, max(0.1, end - time.monotonic())))
                met[f"{name}: {answer[9:12].decode('latin-1') or 'closed'}"] += 1
            finally:
                writer.close()
        except TimeoutError:
            met[f"{name}: no answer yet"] += 1
        except OSError as error:
            met[f"{name}: {type(error).__name__}"] += 1

    async def flood() -> None:
        for _ in range(0, connections, 500):
            tasks.extend(asyncio.create_task(attack("silent", b"", stay=60)) for _ in range(500))
            await asyncio.sleep(0.5)

    tasks: list[asyncio.Task[None]] = []
    flooding = asyncio.create_task(flood())
    while time.monotonic() < end:
        some = [
            attack("no token", judge + b"content-length: 2\r\n\r\n{}"),
            attack("half a request", judge, stay=15),
            attack("slow body", judge + token + b"content-length: 1000\r\n\r\n{", stay=40),
            attack("no request", b"\x00\xff\x16\x03garbage\r\n\r\n"),
            attack("malformed", judge + token + b'content-length: 9\r\n\r\n{"a": [[['),
            attack("huge", judge + token + b"content-length: 104857600\r\n\r\n", megabytes=100),
        ]
        tasks.extend(asyncio.create_task(one) for one in some)
        await asyncio.sleep(0.5)
    await flooding
    await asyncio.gather(*tasks)
    return met


def main() -> None:
    """Run."""
    parser = options_parser(__doc__)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--connections", type=int, default=10_000, help="that say nothing; 0 for no hostile clients")
    parser.add_argument("--queue", type=int, default=32)
    parser.add_argument("--sandbox", default="bubblewrap")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    jobs = [
        (problem.id, program.label, program.source)
        for problem in load_problems("builtin")
        for program in problem.programs
        if program.language == "python" and program.label in ("accepted", "wrong_answer", "runtime_error")
    ]
    command = [sys.executable, "-m", "codegym.cli", "serve", "--port", "0", "--queue", str(options.queue)]
    with tempfile.NamedTemporaryFile("r") as log, open(log.name, "w") as said:
        server = subprocess.Popen(
            [*command, "--sandbox", options.sandbox, "--workers", "2"],
            stderr=said,
            env={**os.environ, "CODEGYM_TOKEN": TOKEN},
        )
        try:
            while not (found := re.search(r"at (http://\S+:(\d+))$", log.readline())):
                assert server.poll() is None, "the server did not start"
                time.sleep(0.1)
            figures = under_load(server.pid, found[1], int(found[2]), options, jobs)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    figures["exit_status"] = server.returncode
    show("The server under load", ("", ""), [(name.replace("_", " "), str(value)) for name, value in figures.items()])
    report(options, figures)
    sys.exit(bool(figures["server_errors"] or figures["wrong"] or figures["broken"] or server.returncode))


def under_load(pid: int, url: str, port: int, options: Any, jobs: list[tuple[str, str, str]]) -> dict[str, Any]:
    """What came of it."""
    seen, third = Seen(), options.seconds / 3
    end = time.monotonic() + options.seconds
    threads = [
        threading.Thread(target=client, args=(url, jobs, 7 * number, third, end, seen))
        for number in range(options.clients)
    ]
    memory = [memory_of(pid, "VmRSS") or 0]
    for thread in threads:
        thread.start()
    met: list[collections.Counter[str]] = []
    hostile = threading.Thread(target=lambda: met.append(asyncio.run(assault(port, options.connections, third * 0.9))))
    while time.monotonic() < end or any(thread.is_alive() for thread in threads):
        memory.append(memory_of(pid, "VmRSS") or 0)
        if options.connections and hostile.ident is None and time.monotonic() > end - 2 * third:
            hostile.start()
        time.sleep(0.5)
    with contextlib.suppress(RuntimeError):
        hostile.join()
    return {
        "judged": sum(map(len, seen.seconds.values())),
        "answers_by_third_and_status": {
            f"{phase + 1}: {status}": n for (phase, status), n in sorted(seen.statuses.items())
        },
        "server_errors": sum(n for (_, status), n in seen.statuses.items() if status >= 500),
        "wrong": seen.wrong[:5],
        "broken": dict(seen.broken),
        "median_s_by_third": [round(percentile(took, 0.5), 3) if took else None for took in seen.seconds.values()],
        "p99_s_by_third": [round(percentile(took, 0.99), 3) if took else None for took in seen.seconds.values()],
        "memory_mb_at_start_most_at_end": [memory[0] >> 20, max(memory) >> 20, memory[-1] >> 20],
        "what_hostile_clients_met": dict(sorted(met[0].items())) if met else {},
    }


if __name__ == "__main__":
    main()
