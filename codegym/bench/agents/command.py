"""``command:WORDS``: a program of any language that reads questions and writes answers, a line of JSON each."""

import contextlib
import json
import os
import queue
import shlex
import signal
import subprocess
import threading
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from typing import Any

from codegym.bench.agents.gather import STOPPED
from codegym.bench.agents.protocol import Answer, Context
from codegym.env import Observation
from codegym.errors import AgentError, RequestError, UsageError

LONGEST_LINE = 64 << 20
TRIES = 2
_TAIL = 20
_GRACE_S = 2.0


class CommandAgent:
    r"""Asks a child process.

    A question is ``{"id", "problem", "dialogue", "turns_left", "answers", "seed"}``: a number, the observation, and
    what :class:`Context` has. Its answer is ``{"answer": "..."}``, with ``"id"`` where answers come in another order
    than questions, and with ``"prompt_tokens"`` and ``"completion_tokens"`` if it counts them. Questions are written as
    they come up, as many at once as there are episodes; the child's input ends when there are no more.

    A child that dies, hangs or writes something else is ended, and a fresh one asked once more.

    Args:
        command: program and arguments, in the shell's way of quoting; no shell is used.
        timeout_s: seconds until an answer is given up.

    Raises:
        UsageError: the command cannot be read or started.
    """

    concurrent = True

    def __init__(self, command: str, timeout_s: float) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise UsageError(f"expected a command for the agent, got {command!r}: {error}") from None
        if not self._words:
            raise UsageError(f"expected a command for the agent, got {command!r}")
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._open = True
        self._answered = False
        self._child: Child | None = Child(self._words)

    def answer(self, observation: Observation, context: Context | None = None) -> Answer:
        """See :class:`~codegym.bench.agents.protocol.Agent`.

        Raises:
            RequestError: there was no answer, from a child that had answered before.
            AgentError: there was no answer, and there has never been one.
        """
        context = context or Context()
        question = {**observation, "answers": context.answers, "seed": context.seed}
        for left in reversed(range(TRIES)):
            child = self._current()
            try:
                answer = child.ask(question, self._timeout_s)
            except RequestError as error:
                self._drop(child)
                if not self._open:
                    raise AgentError(STOPPED) from None
                if not left:
                    raise error if self._answered else AgentError(str(error)) from None
            else:
                self._answered = True
                return answer
        raise AssertionError("unreachable")

    def _current(self) -> "Child":
        with self._lock:
            if not self._open:
                raise AgentError(STOPPED)
            if self._child is None:
                self._child = Child(self._words)
            return self._child

    def _drop(self, child: "Child") -> None:
        """Have done with a child; the next question starts another one."""
        with self._lock:
            if self._child is child:
                self._child = None
        child.kill()
        child.close()

    def close(self) -> None:
        """End the child, which is told by the end of its input."""
        with self._lock:
            self._open = False
            child, self._child = self._child, None
        if child is not None:
            child.close()


class Child:
    """One process, and threads that write to it and read from it.

    Args:
        words: program and arguments.

    Raises:
        UsageError: it cannot be started.
    """

    def __init__(self, words: list[str]) -> None:
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        except (OSError, ValueError) as error:
            raise UsageError(f"expected a command that can be started, got {words[0]!r}: {error}") from None
        self.ended = False
        self._why = ""
        self._lock = threading.Lock()
        self._number = 0
        self._waiting: dict[int, Future[Answer]] = {}
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._tail: deque[bytes] = deque(maxlen=_TAIL)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._write, self._read)]
        for thread in self._threads:
            thread.start()

    def ask(self, question: dict[str, Any], timeout_s: float) -> Answer:
        """The answer to a question.

        Raises:
            RequestError: there is none.
        """
        future: Future[Answer] = Future()
        with self._lock:
            if self.ended:
                raise RequestError(self._lost())
            self._number += 1
            number = self._number
            self._waiting[number] = future
            self._outbox.put(json.dumps({"id": number, **question}).encode() + b"\n")
        try:
            return future.result(timeout_s)
        except NoAnswer:
            raise RequestError(
                f"expected an answer from the agent's command within {timeout_s:g} s, got none{self._said()}"
            ) from None

    def _write(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError, ValueError):
            while (line := self._outbox.get()) is not None:
                stdin.write(line)
                stdin.flush()
        with contextlib.suppress(OSError, ValueError):
            stdin.close()

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            while line := stdout.readline(LONGEST_LINE):
                if line.strip():
                    self._take(line)
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            shown = line[:80].decode(errors="replace").strip()
            self._why = f'expected a line {{"answer": "..."}} from the agent\'s command, got {shown!r}'
        self._end()

    def _take(self, line: bytes) -> None:
        data = json.loads(line)
        if not isinstance(data, dict):
            raise ValueError
        counts = [data.get(name, 0) for name in ("prompt_tokens", "completion_tokens")]
        if not isinstance(data["answer"], str) or any(type(count) is not int or count < 0 for count in counts):
            raise ValueError
        with self._lock:
            if "id" not in data and not self._waiting:
                raise ValueError
            future = self._waiting.pop(data["id"] if "id" in data else next(iter(self._waiting)))
        future.set_result(Answer(data["answer"], *counts))

    def _listen(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        with contextlib.suppress(OSError, ValueError):
            while line := stderr.readline(1 << 16):
                self._tail.append(line)

    def _end(self) -> None:
        """Nothing more comes from it: tell all who wait."""
        self.kill()
        self._process.wait()
        self._threads[0].join(_GRACE_S)  # it was started first, so there is something to join
        with self._lock:
            self.ended = True
            lost, self._waiting = self._waiting, {}
        for future in lost.values():
            future.set_exception(RequestError(self._lost()))
        self._outbox.put(None)

    def _lost(self) -> str:
        status = self._process.returncode
        how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
        return (self._why or f"expected an answer from the agent's command, but it ended with {how}") + self._said()

    def _said(self) -> str:
        text = " ".join(b"".join(list(self._tail)).decode(errors="replace").split())
        return f"; it said: {text[-300:]}" if text else "; it said nothing on standard error"

    def kill(self) -> None:
        """End it and all that it started."""
        if self._process.poll() is None or not self.ended:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let it end by itself, at the end of its input, and soon. May be called by several threads."""
        self._outbox.put(None)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_S)
        self.kill()
        for thread in self._threads:
            thread.join(_GRACE_S)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
