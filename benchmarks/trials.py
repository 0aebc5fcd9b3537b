"""Programs for ``soak.py``, of every way to end, with what a run of each must give."""

from dataclasses import dataclass

from codegym import Execution, Limits, values
from codegym.sandbox.base import Status

LIMITS = Limits(cpu_s=2.0, memory_bytes=64 << 20, output_bytes=1 << 20)
SHORT = Limits(cpu_s=0.05, memory_bytes=64 << 20, output_bytes=1 << 20)


@dataclass(frozen=True, slots=True)
class Trial:
    """A program, how often it is drawn, and what its run must give; a None is not compared."""

    name: str
    weight: int
    source: str
    status: Status = "ok"
    stdout: bytes | None = b""
    last_words: bytes = b""
    result: bytes = b""
    limits: Limits = LIMITS
    data: bytes = b"1 2\n"
    entry_point: str | None = None
    exit_code: int | None = None

    def complaint(self, run: Execution) -> str:
        """What is wrong with a run; empty if it is as it must be."""
        right = (
            run.status == self.status
            and (self.stdout is None or run.stdout == self.stdout)
            and run.stderr.endswith(self.last_words)
            and run.result == self.result
            and self.exit_code in (None, run.exit_code)
        )
        return "" if right else f"{self.name}: expected {self.status} {self.stdout!r:.40}, got {run!r:.300}"


SUM = Trial("sum", 400, "print(sum(map(int, input().split())))", stdout=b"3\n")
TRIALS = (
    SUM,
    Trial("wrong sum", 100, "a, b = map(int, input().split())\nprint(a - b)", stdout=b"-1\n"),
    Trial("crash", 100, "print('begun')\n1 / 0", "runtime_error", b"begun\n", b"ZeroDivisionError: division by zero\n"),
    Trial("exit status", 30, "import sys\nsys.exit(3)", "runtime_error", exit_code=3),
    Trial("signal", 30, "import os\nos.kill(os.getpid(), 11)", "runtime_error", exit_code=-11),
    Trial("syntax", 30, "print(", "compile_error", b"", b"SyntaxError: '(' was never closed\n"),
    Trial("time", 20, "while True: pass", "time_limit_exceeded", limits=SHORT),
    Trial("hog", 20, "x = bytearray(80 << 20)\nprint('kept')", "memory_limit_exceeded", None),
    Trial("killed hog", 1, "x = [bytearray(8 << 20) for _ in range(60)]", "memory_limit_exceeded"),
    Trial("flood", 20, "import sys\nwhile True: sys.stdout.write('y' * 10**5)", "output_limit_exceeded", None),
    Trial("big output", 20, "print('x' * (2**20 - 1))", stdout=b"x" * (2**20 - 1) + b"\n"),
    Trial(
        "function",
        100,
        "def add(a, b):\n    print('heard')\n    return a + b",
        stdout=b"heard\n",
        result=values.dumps(3),
        data=values.dumps([1, 2]),
        entry_point="add",
    ),
    Trial(
        "fork",
        40,
        "import os, time\nif not os.fork():\n    os.setsid()\n    time.sleep(60)\npid = os.fork()\n"
        "if not pid:\n    os._exit(7)\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
        stdout=b"7\n",
    ),
    Trial(
        "threads",
        40,
        "import threading\nfound = []\nfor n in range(8):\n    threading.Thread(None, found.append, '', [n]).start()\n"
        "while len(found) < 8: pass\nprint(sum(found))",
        stdout=b"28\n",
    ),
    Trial(
        "litter",
        40,
        "import os, tempfile\nfor place in {os.getcwd(), tempfile.gettempdir()}:\n    os.makedirs(place + '/a/b')\n"
        "    open(place + '/a/b/c', 'w').write('z' * 10**5)\nprint('was clean')",
        stdout=b"was clean\n",
    ),
)
