"""One policy of system calls, and every sandbox holds programs to it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from codegym import Limits, Sandbox
from codegym.locations import sandbox_folder, seccomp_policy

seccomp = pytest.importorskip("pyseccomp", reason="wants pyseccomp and libseccomp", exc_type=ImportError)

COMPILER = Path(__file__).parent.parent.parent / "tools" / "compile-seccomp"
HIGHEST = 470
PROBES = {335, 336}
"""uretprobe and uprobe, which the kernel exempts from every filter and only its own probes may make."""

# Makes every system call that it is told, with arguments that make no sense, each in a process of its own.
CALLS = """
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
refused = []
for number in map(int, input().split()):
    child = os.fork()
    if not child:
        signal.alarm(2)
        ctypes.set_errno(0)
        libc.syscall(number, -1, -1, -1, -1, -1, -1)
        os._exit(ctypes.get_errno() & 0xFF)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) in (1, 38):
        refused.append(number)
print(*refused)
"""


def test_compiled_filters_are_those_of_the_policy(tmp_path: Path) -> None:
    """What bubblewrap gets was compiled from what the Docker engine gets."""
    subprocess.run([sys.executable, COMPILER, tmp_path], check=True)
    committed = {path.name: path.read_bytes() for path in (sandbox_folder() / "filters").iterdir()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == committed, (
        "run tools/compile-seccomp after a change of sandbox/seccomp.json"
    )


def test_policy_allows_by_name_and_refuses_the_rest() -> None:
    """It is an allowlist, with no name twice and none that the library does not know."""
    policy = json.loads(seccomp_policy())
    assert policy["defaultAction"] == "SCMP_ACT_ERRNO"
    names = [name for rule in policy["syscalls"] for name in rule["names"]]
    assert len(names) == len(set(names))
    assert all(seccomp.resolve_syscall(seccomp.system_arch(), name) != -1 for name in names)


def test_every_other_call_is_refused(sandbox: Sandbox) -> None:
    """Each system call that the policy does not name gives EPERM, or ENOSYS where the engine does not know it."""
    policy = json.loads(seccomp_policy())
    allowed = {
        seccomp.resolve_syscall(seccomp.system_arch(), name) for rule in policy["syscalls"] for name in rule["names"]
    }
    others = sorted(set(range(HIGHEST)) - allowed - PROBES)
    assert len(others) > 150
    limits = Limits(cpu_s=10, wall_s=60, memory_bytes=128 << 20)
    (run,) = sandbox.execute(CALLS, [" ".join(map(str, others)).encode()], limits)
    assert run.status == "ok", run
    assert list(map(int, run.stdout.split())) == others


@pytest.mark.parametrize(
    "call",
    [
        "os.unshare(0x10000000) if hasattr(os, 'unshare') else libc.unshare(0x10000000)",
        "libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)",
        "libc.syscall(302, 1, 7, None, None)",
        "libc.syscall(203, 1, 8, b'x' * 8)",
        "libc.syscall(141, 0, 1, 5)",
        "libc.syscall(141, 1, 0, 5)",
        "libc.syscall(135, 0x0040000)",
        "libc.prctl(22, 1, 0, 0, 0)",
        "libc.socket(2, 1, 0)",
        "libc.socket(40, 1, 0)",
        "libc.socketpair(10, 1, 0, b'x' * 8)",
    ],
)
def test_arguments_count(sandbox: Sandbox, call: str) -> None:
    """Where a call is allowed for some arguments, others are refused."""
    program = f"import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nprint({call}, ctypes.get_errno())"
    (run,) = sandbox.execute(program, [b""], Limits(cpu_s=2))
    assert run.stdout == b"-1 1\n", run
