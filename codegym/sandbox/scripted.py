"""A sandbox that runs nothing and answers from a table, for tests of all that lies above it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from codegym.problem import Limits
from codegym.sandbox.base import Execution, Input, Room, Sandbox, Stop

Answer = Execution | Callable[[str, Any], Execution]


class ScriptedSandbox(Sandbox):
    """Answers from a table.

    Args:
        answers: by program text, an execution or a function of the program and one input; programs that are not
            in it end with status 0 and no output.

    Attributes:
        calls: every (program, inputs) that was executed.
    """

    kind = "scripted"

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self._answers = dict(answers or {})
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def execute(
        self,
        program: str,
        inputs: Sequence[bytes | Input],
        limits: Limits,
        *,
        entry_point: str | None = None,
        stop: Stop | None = None,
        room: Room = "candidate",
        language: str = "python",
        files: Sequence[tuple[str, bytes]] = (),
    ) -> list[Execution]:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        self.calls.append((program, tuple(inputs)))
        answer = self._answers.get(program, Execution("ok", 0))
        executions: list[Execution] = []
        for data in inputs:
            executions.append(answer(program, data) if callable(answer) else answer)
            if stop and stop(executions[-1]):
                break
        return executions

    def close(self) -> None:
        """Nothing to end."""

    def protections(self) -> Mapping[str, str]:
        """See :class:`~codegym.sandbox.base.Sandbox`."""
        return {"everything": "nothing is run"}
