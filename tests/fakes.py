"""Problems, programs and sandboxes for tests of what lies above a sandbox."""

from collections.abc import Mapping, Sequence
from typing import Any

from codegym import Checker, Execution, LabelledProgram, Limits, Problem, Sandbox, SandboxError, TestCase, values
from codegym.problem import Argument
from codegym.sandbox import ScriptedSandbox
from codegym.sandbox.base import Room

RIGHT = "print(int(input()) * 2)\n"
PUBLIC_ONLY = "print(abs(int(input())) * 2)\n"
HALF = "print(int(input()) ** 2 * 2)\n"
WRONG = "print('no')\n"
CRASH = "print(1 // 0)\n"

PUBLIC = (TestCase("1\n", "2\n"), TestCase("2\n", "4\n"))
PRIVATE = (TestCase("0\n", "0\n"), TestCase("-3\n", "-6\n"), TestCase("7\n", "14\n"))


def make_problem(id: str = "double", **changes: Any) -> Problem:
    """Read an integer and print twice its value."""
    fields: dict[str, Any] = {
        "id": id,
        "title": f"Twice a number ({id})",
        "statement": "Read an integer and print twice its value.",
        "kind": "stdin",
        "public_tests": PUBLIC,
        "private_tests": PRIVATE,
        "limits": Limits(cpu_s=2.0, memory_bytes=64 << 20),
        "difficulty": "easy",
        "reference": RIGHT,
        "starter": PUBLIC_ONLY,
        "programs": (
            LabelledProgram("no", "wrong_answer", WRONG, fails="public"),
            LabelledProgram("magnitude", "wrong_answer", PUBLIC_ONLY, fails="private"),
        ),
    }
    return Problem(**(fields | changes))


def make_function_problem(**changes: Any) -> Problem:
    """Return twice an integer."""
    fields: dict[str, Any] = {
        "kind": "function",
        "entry_point": "double",
        "arguments": (Argument("n", "int"),),
        "returns": "int",
        "public_tests": (TestCase((1,), 2), TestCase((2,), 4)),
        "private_tests": (TestCase((0,), 0), TestCase((-3,), -6)),
        "checker": Checker("value"),
        "reference": "def double(n):\n    return n * 2\n",
        "starter": None,
        "programs": (),
    }
    return make_problem("double-function", **(fields | changes))


def printed(text: str) -> Execution:
    return Execution("ok", 0, stdout=text.encode())


def returned(value: object) -> Execution:
    return Execution("ok", 0, result=values.dumps(value))


def scripted(**more: Any) -> ScriptedSandbox:
    """What the programs above would do; ``more`` by name in place of their text."""
    table: dict[str, Any] = {
        RIGHT: lambda _, data: printed(f"{int(data) * 2}\n"),
        PUBLIC_ONLY: lambda _, data: printed(f"{abs(int(data)) * 2}\n"),
        HALF: lambda _, data: printed(f"{int(data) ** 2 * 2}\n"),
        WRONG: printed("no\n"),
        CRASH: Execution("runtime_error", 1, stderr=b"ZeroDivisionError: integer division or modulo by zero\n"),
    }
    return ScriptedSandbox(table | more)


class Around(Sandbox):
    """Another sandbox, passed through."""

    def __init__(self, inner: Sandbox) -> None:
        self.inner = inner
        self.kind = inner.kind

    def execute(
        self,
        program: str,
        inputs: Sequence[Any],
        limits: Limits,
        **options: Any,
    ) -> list[Execution]:
        return self.inner.execute(program, inputs, limits, **options)

    def protections(self) -> Mapping[str, str]:
        return self.inner.protections()

    def close(self) -> None:
        """Leave the inner one open, which is whoever's made it."""


class Spy(Around):
    """Keeps all that was given to the candidate's room, and to the judge's."""

    def __init__(self, inner: Sandbox) -> None:
        super().__init__(inner)
        self.seen: dict[Room, list[Any]] = {"candidate": [], "judge": []}

    def execute(self, program: str, inputs: Sequence[Any], limits: Limits, **options: Any) -> list[Execution]:
        options = {"entry_point": None, "stop": None, "room": "candidate"} | options
        entered = (program, list(inputs), limits, options["entry_point"])
        self.seen[options["room"]].append(entered)
        return super().execute(program, inputs, limits, **options)


class Deaf(Around):
    """Never asks ``stop``, and so runs every input."""

    def execute(self, program: str, inputs: Sequence[Any], limits: Limits, **options: Any) -> list[Execution]:
        return super().execute(program, inputs, limits, **(options | {"stop": None}))


class Failing(Around):
    """Fails as a sandbox fails, at the calls with these numbers (from 0) or at every call."""

    def __init__(self, inner: Sandbox, *at: int, error: type[SandboxError] = SandboxError) -> None:
        super().__init__(inner)
        self.calls = 0
        self._at = at
        self._error = error

    def execute(self, program: str, inputs: Sequence[Any], limits: Limits, **options: Any) -> list[Execution]:
        self.calls += 1
        if not self._at or self.calls - 1 in self._at:
            raise self._error("expected a box, got none")
        return super().execute(program, inputs, limits, **options)
