"""A box is ``python3 main.py``: what a program writes, its exit status and its last complaint are those of a plain run.

The plain run is a process of the same interpreter with the environment that the boxes pin, in a folder with nothing but
``main.py``. ``tests/odd`` holds odd programs, one a file, with ``NAME.in`` as their input.
"""

import functools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from codegym import Execution, Limits, Sandbox, load_problems
from codegym.errors import SandboxUnavailable
from codegym.sandbox.interpreters import ENVIRONMENT, find_pythons

HERE = Path(__file__).parent
ODD = sorted((HERE.parent / "odd").glob("*.py"))
DATA = Path(os.environ.get("CODEGYM_TEST_DATA") or HERE.parents[2] / "shared" / "data")
WIDE = Limits(cpu_s=20, memory_bytes=2 << 30, output_bytes=32 << 20)
VERSION = "import sys; print(sys.version.split()[0])"
LABELS = ("accepted", "wrong_answer", "runtime_error")
THREADS = 2


@dataclass(frozen=True)
class Run:
    """One program and its standard input."""

    name: str
    program: str
    input: bytes = b""


@dataclass(frozen=True)
class Seen:
    """What is compared of a run."""

    exit_code: int
    stdout: bytes
    last_line: bytes
    """Of stderr: an exception's type and message, or a warning's end."""


def seen(exit_code: int, stdout: bytes, stderr: bytes, folder: str = "/box") -> Seen:
    """A run as it is compared: its folder's name does not matter."""
    stdout, stderr = (text.replace(folder.encode(), b"/box") for text in (stdout, stderr))
    return Seen(exit_code, stdout, stderr.rstrip(b"\n").rpartition(b"\n")[2])


def run_plainly(python: str, run: Run) -> Seen:
    """``python3 main.py < input``, with files for its output as it has them in a box."""
    with tempfile.TemporaryDirectory(prefix="codegym-plain-") as outer:
        folder = os.path.join(os.path.realpath(outer), "box")
        os.mkdir(folder)
        Path(folder, "main.py").write_bytes(run.program.encode())
        paths = [Path(outer, name) for name in ("input", "output", "errors")]
        paths[0].write_bytes(run.input)
        with open(paths[0], "rb") as source, open(paths[1], "wb") as out, open(paths[2], "wb") as errors:
            exit_code = subprocess.run(
                [python, "-s", "main.py"],
                stdin=source,
                stdout=out,
                stderr=errors,
                cwd=folder,
                env=ENVIRONMENT | {"HOME": folder},
                timeout=60,
            ).returncode
        return seen(exit_code, paths[1].read_bytes(), paths[2].read_bytes(), folder)


class PlainRuns:
    """Plain runs of one interpreter, two at a time, each made once."""

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self._executor = executor
        self._runs: dict[tuple[str, Run], Future[Seen]] = {}

    def start(self, python: str, runs: Iterable[Run]) -> list[Future[Seen]]:
        """What becomes of them; an equal run is not made again."""
        wanted = [(python, run) for run in runs]
        for key in wanted:
            if key not in self._runs:
                self._runs[key] = self._executor.submit(run_plainly, *key)
        return [self._runs[key] for key in wanted]


@functools.cache
def version_of(python: str) -> bytes:
    return subprocess.run([python, "-c", VERSION], capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def plain() -> Iterator[PlainRuns]:
    """One set of plain runs for all backends."""
    # A shell's background jobs ignore Ctrl-C, and those of nohup hangups, and so would what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    executor = ThreadPoolExecutor(THREADS)
    yield PlainRuns(executor)
    executor.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def python(sandbox: Sandbox) -> str:
    """The interpreter of this machine that is the box's; nothing can be compared with another one."""
    version = sandbox.execute(VERSION, [b""], WIDE)[0].stdout
    try:
        found = [path for path, _ in find_pythons()]
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    for path in found:
        if version_of(path) == version:
            return path
    pytest.skip(f"the box has Python {version.decode().strip()}, and this machine none like it")


def run_boxed(sandbox: Sandbox, run: Run, times: int = 1) -> list[Execution]:
    return sandbox.execute(run.program, [run.input] * times, WIDE)


def seen_of(execution: Execution) -> Seen:
    folder = re.search(rb"/tmp/codegym-landlock-\w+/box", execution.stdout)
    return seen(execution.exit_code, execution.stdout, execution.stderr, folder[0].decode() if folder else "/box")


def odd_run(path: Path) -> Run:
    companion = path.with_suffix(".in")
    return Run(path.stem, path.read_bytes().decode(), companion.read_bytes() if companion.exists() else b"")


def short(run: Seen) -> str:
    """A run for a message, where a program may have written megabytes."""
    text = run.stdout if len(run.stdout) < 4000 else run.stdout[:1000] + b" ... " + run.stdout[-1000:]
    return f"exit {run.exit_code}\n{text.decode(errors='backslashreplace')}\n{run.last_line[:1000]!r}"


def differences(sandbox: Sandbox, plain: PlainRuns, python: str, runs: list[Run]) -> list[str]:
    """All runs that end differently in a box, both kinds two at a time."""
    expected = plain.start(python, runs)
    with ThreadPoolExecutor(THREADS) as executor:
        boxed = executor.map(lambda run: seen_of(run_boxed(sandbox, run)[0]), runs)
        return [
            f"{run.name}: expected {short(future.result())}, got {short(got)}"
            for run, future, got in zip(runs, expected, boxed, strict=True)
            if got != future.result()
        ]


KNOWN = {
    **dict.fromkeys(
        ("faulthandler_dump", "faulthandler_segfault", "frames_bottom", "frames_stack", "frames_warning_level"),
        "a program that looks for the frames below its own finds the runner's",
    ),
    **dict.fromkeys(
        ("coding_ascii", "syntax_encoding", "syntax_null"),
        "a source that cannot be decoded is complained of in the words of compile(), not in those of python3 FILE",
    ),
}
"""What differs, and why; sandbox/README.md says so too. None of it can change a right program's output."""

WITHOUT_NAMESPACES = {
    **dict.fromkeys(
        ("mp_fork_pool", "mp_forkserver", "mp_manager", "mp_process_queue", "mp_shared", "mp_spawn_pool"),
        "locks of multiprocessing want /dev/shm, which is not only the program's there",
    ),
    "process_pool_executor": "locks of multiprocessing want /dev/shm, which is not only the program's there",
    "pipes_sockets": "no sockets with a path",
    "descriptors": "/proc is closed",
    "files_temporary": "/tmp is closed, so temporary files go to the program's folder",
}
"""What differs on ``landlock`` only."""
AS_A_USER = {"leaves_files": "no modes can be changed, for files of this user lie elsewhere too"}
"""What differs on ``landlock`` where it is not run as root."""


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=[pytest.mark.xfail(strict=True, reason=KNOWN[path.stem])])
        if path.stem in KNOWN
        else pytest.param(path, id=path.stem)
        for path in ODD
    ],
)
def test_an_odd_program_behaves_as_in_a_plain_run(
    path: Path, sandbox: Sandbox, plain: PlainRuns, python: str, request: pytest.FixtureRequest
) -> None:
    """Standard output, exit code and the last line of standard error are the same to the byte, the second time too."""
    if sandbox.kind == "landlock" and path.stem in WITHOUT_NAMESPACES:
        request.applymarker(pytest.mark.xfail(strict=True, reason=WITHOUT_NAMESPACES[path.stem]))
    if sandbox.kind == "landlock" and os.getuid() and path.stem in AS_A_USER:
        request.applymarker(pytest.mark.xfail(strict=True, reason=AS_A_USER[path.stem]))
    plain.start(python, map(odd_run, ODD))
    run = odd_run(path)
    expected = plain.start(python, [run])[0].result()
    for number, execution in enumerate(run_boxed(sandbox, run, times=2), 1):
        got = seen_of(execution)
        assert got == expected, (
            f"plainly: {short(expected)}\nin the box, run {number}: {execution.status}, {short(got)}\n"
            f"all of stderr: {execution.stderr[-2000:].decode(errors='backslashreplace')}"
        )


@pytest.mark.parametrize("name", ["syntax_warning", "syntax_error", "raise_plain", "source_of_itself"])
def test_a_long_source_behaves_the_same(name: str, sandbox: Sandbox, plain: PlainRuns, python: str) -> None:
    """A program of a megabyte, which a box may treat apart, is run as a short one is."""
    short_run = odd_run(HERE.parent / "odd" / f"{name}.py")
    run = Run(f"long {name}", short_run.program + "# padding\n" * 100_000)
    expected = plain.start(python, [run])[0].result()
    assert [seen_of(execution) for execution in run_boxed(sandbox, run, times=2)] == [expected] * 2


def test_every_plain_run_of_an_odd_program_is_reproducible(plain: PlainRuns) -> None:
    """The odd programs are fit for a comparison: two plain runs of this interpreter agree."""
    python = getattr(sys, "_base_executable", sys.executable)
    names = ("threads", "hashes", "random_seeded", "del_at_end", "stdout_facts", "signal_defaults")
    runs = [odd_run(path) for path in ODD if path.stem in names]
    assert len(runs) == len(names)
    again = [run_plainly(python, run) for run in runs]
    assert again == [future.result() for future in plain.start(python, runs)]


def builtin_runs() -> list[Run]:
    """Every reference and labelled program of the stdin problems on its first public tests."""
    runs = []
    for problem in load_problems():
        if problem.kind != "stdin":
            continue
        programs = [(program.name, program.source) for program in problem.programs if program.label in LABELS]
        if problem.reference is not None:
            programs.append(("reference", problem.reference))
        for name, source in programs:
            for number, test in enumerate(problem.public_tests[:1]):
                runs.append(Run(f"{problem.id}/{name}/{number}", source, test.input.encode()))
    return runs


def test_programs_of_the_built_in_problems(sandbox: Sandbox, plain: PlainRuns, python: str) -> None:
    """Right ones, wrong ones and those that raise: same output, same exit code, same last line."""
    runs = builtin_runs()
    assert len(runs) > 100
    assert differences(sandbox, plain, python, runs) == []


def mbpp_runs(path: Path, count: int) -> list[Run]:
    """An even sample of the references, each with its own asserts behind it."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    runs = []
    for row in rows[:: max(1, len(rows) // count)][:count]:
        parts = [row["code"], row["test_setup_code"], *row["test_list"]]
        runs.append(Run(f"mbpp/{row['task_id']}", "\n".join(parts) + "\n"))
    return runs


def test_references_of_mbpp(sandbox: Sandbox, plain: PlainRuns, python: str) -> None:
    """Programs that others wrote, half of their lines ending in CRLF, pass their own asserts in a box and plainly."""
    path = DATA / "mbpp" / "mbpp.jsonl"
    if not path.exists():
        pytest.skip(f"no {path}; set CODEGYM_TEST_DATA to a folder with mbpp/mbpp.jsonl")
    runs = mbpp_runs(path, 150)
    assert differences(sandbox, plain, python, runs) == []
    assert [future.result().exit_code for future in plain.start(python, runs)] == [0] * len(runs)
