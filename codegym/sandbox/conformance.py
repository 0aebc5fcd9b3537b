"""What any backend must do: named checks that take a sandbox and raise AssertionError where it falls short.

A backend's tests, and ``codegym sandbox selftest``, run them all::

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_contract(check, sandbox):
        check(sandbox)
"""

from collections.abc import Callable

from codegym import values
from codegym.problem import Limits
from codegym.sandbox.base import Execution, Sandbox, Status

Check = Callable[[Sandbox], None]

CHECKS: list[Check] = []
SMALL = Limits(cpu_s=1.0, wall_s=8.0, memory_bytes=64 << 20, output_bytes=1 << 20)


def _check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def _run(sandbox: Sandbox, program: str, data: bytes = b"", limits: Limits = SMALL) -> Execution:
    (run,) = sandbox.execute(program, [data], limits)
    return run


def _expect(run: Execution, status: Status, stdout: bytes | None = None) -> None:
    assert run.status == status, f"expected {status}, got {run}"
    if stdout is not None:
        assert run.stdout == stdout, f"expected {stdout[:80]!r}, got {run.stdout[:80]!r} {run.stderr[-200:]!r}"


@_check
def runs_each_input_in_order(sandbox: Sandbox) -> None:
    """One execution an input, in the order of the inputs."""
    inputs = [str(number).encode() for number in range(25)]
    runs = sandbox.execute("print(int(input()) * 2)", inputs, SMALL)
    assert [run.stdout for run in runs] == [b"%d\n" % (2 * number) for number in range(25)]


@_check
def no_input_no_execution(sandbox: Sandbox) -> None:
    """Without inputs nothing runs."""
    assert sandbox.execute("print(1)", [], SMALL) == []


@_check
def reads_input_in_every_way(sandbox: Sandbox) -> None:
    """Descriptor 0 is real: line by line, whole, by number and by name."""
    for reading in (
        "for line in sys.stdin: print(line, end='')",
        "print(open(0).read(), end='')",
        "print(os.read(0, 100).decode(), end='')",
        "sys.stdout.buffer.write(sys.stdin.buffer.read())",
        "print(open('/dev/stdin').read(), end='')",
    ):
        _expect(_run(sandbox, f"import os, sys\n{reading}", b"a\nb\n"), "ok", b"a\nb\n")


@_check
def flushes_output_at_exit(sandbox: Sandbox) -> None:
    """What was written arrives, also by threads, atexit, and files left open."""
    program = (
        "import atexit, os, threading\nos.write(1, b'1')\nfile = open(1, 'w', closefd=False)\nfile.write('4')\n"
        "threading.Timer(0.05, lambda: os.write(1, b'2')).start()\natexit.register(lambda: os.write(1, b'3'))\n"
    )
    _expect(_run(sandbox, program), "ok", b"1234")


@_check
def behaves_as_a_main_program(sandbox: Sandbox) -> None:
    """``__main__``, ``sys.argv``, the file itself, and classes of it that pickle."""
    program = (
        "import os, pickle, sys\nclass A: pass\nassert __name__ == '__main__' and sys.argv == ['main.py']\n"
        "assert 'class A' in open(__file__).read() and isinstance(pickle.loads(pickle.dumps(A())), A)\nprint('ok')"
    )
    _expect(_run(sandbox, program), "ok", b"ok\n")


@_check
def reports_exit_codes(sandbox: Sandbox) -> None:
    """Exit status and signals."""
    for program, code in (
        ("raise SystemExit(3)", 3),
        ("import sys; sys.exit('text')", 1),
        ("exit(4)", 4),
        ("import os; os._exit(5)", 5),
        ("import os; os.kill(os.getpid(), 15)", -15),
        ("import os; os.kill(os.getpid(), 9)", -9),
    ):
        run = _run(sandbox, program)
        _expect(run, "runtime_error")
        assert run.exit_code == code, f"{program}: expected {code}, got {run.exit_code}"


@_check
def exit_zero_is_ok(sandbox: Sandbox) -> None:
    """Ending early with status 0 is no error."""
    _expect(_run(sandbox, "import sys; print(1); sys.exit()"), "ok", b"1\n")


@_check
def shows_tracebacks_without_our_frames(sandbox: Sandbox) -> None:
    """The program's own lines, and nothing of the runner's."""
    run = _run(sandbox, "def f():\n    return 1 / 0\nf()\n")
    _expect(run, "runtime_error")
    text = run.stderr.decode()
    assert 'main.py", line 2, in f' in text and "return 1 / 0" in text and "ZeroDivisionError" in text, text
    assert "runner" not in text and "program.py" not in text, text


@_check
def reports_compile_errors(sandbox: Sandbox) -> None:
    """For every input, whatever keeps a program from compiling."""
    for program in ("def f(:\n", "\0", "x = '\ud800'", "return", "(" * 5000 + ")" * 5000, "# coding: nonsense\n"):
        runs = sandbox.execute(program, [b"", b""], SMALL)
        assert [run.status for run in runs] == ["compile_error"] * 2 and runs[0].stderr, (program[:20], runs)


@_check
def limits_cpu_time(sandbox: Sandbox) -> None:
    """A spinning program ends soon after its limit, in threads and children too."""
    for program in (
        "while True: pass",
        "import os\nos.fork(); os.fork()\nwhile True: pass",
        "import threading\nfor _ in range(3): threading.Thread(target=lambda: exec('while True: pass')).start()",
        "import signal\nfor n in {*range(1, 30)} - {9, 19}: signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
    ):
        run = _run(sandbox, program)
        _expect(run, "time_limit_exceeded")
        assert run.cpu_s < 3, run


@_check
def limits_wall_time(sandbox: Sandbox) -> None:
    """A sleeping program ends at its wall-clock limit."""
    run = _run(sandbox, "import time; time.sleep(60)", limits=Limits(cpu_s=1, wall_s=0.5))
    _expect(run, "time_limit_exceeded")
    assert run.wall_s < 5, run


@_check
def limits_memory(sandbox: Sandbox) -> None:
    """Allocating more than the limit is noticed, and the next program is well."""
    for program in ("x = [0] * 10**9", "x = bytearray(2**30)\nfor i in range(0, 2**30, 4096): x[i] = 1"):
        _expect(_run(sandbox, program), "memory_limit_exceeded")
        _expect(_run(sandbox, "print(1)"), "ok", b"1\n")


@_check
def limits_output(sandbox: Sandbox) -> None:
    """Too much output is no success; what was within the limit is there."""
    for stream in (1, 2):
        run = _run(sandbox, f"import os\nwhile True: os.write({stream}, b'x' * 65536)")
        _expect(run, "output_limit_exceeded")
        assert len(run.stdout) + len(run.stderr) <= 2 * SMALL.output_bytes + 65536
    _expect(_run(sandbox, f"print('x' * {SMALL.output_bytes - 1})"), "ok", b"x" * (SMALL.output_bytes - 1) + b"\n")


@_check
def moves_large_data(sandbox: Sandbox) -> None:
    """Megabytes in and out, whole."""
    data = bytes(range(256)) * (1 << 14)
    run = _run(sandbox, "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())", data, Limits(cpu_s=5))
    _expect(run, "ok", data)


@_check
def takes_a_program_of_a_megabyte(sandbox: Sandbox) -> None:
    """A long source is no problem."""
    _expect(_run(sandbox, "x = 1\n" * 170_000 + "print(x)", limits=Limits(cpu_s=5)), "ok", b"1\n")


@_check
def leaves_nothing_behind(sandbox: Sandbox) -> None:
    """Processes, files and shared memory of one run are gone in the next."""
    left = _run(
        sandbox,
        "import os, time\nfor folder in (os.getcwd(), '/tmp', '/dev/shm'):\n"
        "    try: os.makedirs(folder + '/a/b', exist_ok=True)\n    except OSError: continue\n"
        "    open(folder + '/a/f', 'w').write('x')\n"
        "    try: os.chmod(folder + '/a', 0)\n    except PermissionError: pass  # on landlock, of an ordinary user\n"
        "for _ in range(2):\n    child = os.fork()\n    if not child: break\n    print(child, flush=True)\n"
        "if not child:\n    os.setsid()\n    time.sleep(60)\n",
    )
    look = (
        "import os, sys\nfor folder in ('/tmp', '/dev/shm', '.'):\n"
        "    try: print(os.listdir(folder) if os.access(folder, os.W_OK) else [], end=' ')\n"
        "    except PermissionError: print([], end=' ')\n"
        "for line in sys.stdin:\n"
        "    try: os.kill(int(line), 0)\n    except ProcessLookupError: continue\n    print('there:', line)\n"
    )
    assert len(left.stdout.split()) == 2, left
    _expect(_run(sandbox, look, left.stdout), "ok", b"[] [] ['main.py'] ")


@_check
def leaves_no_shared_objects_behind(sandbox: Sandbox) -> None:
    """What a program leaves in the namespace (System V objects, message queues) is gone in the next."""
    program = (
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "print(libc.shmget(77, 4096, 0o1666), libc.semget(77, 1, 0o1666), end=' ')\n"
        "print(libc.msgget(77, 0o1666), libc.mq_open(b'/q', 0o102, 0o666, None) < 0)"
    )
    _expect(_run(sandbox, program), "ok")
    look = (
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "print(libc.shmget(77, 4096, 0o666), libc.semget(77, 1, 0o666), end=' ')\n"
        "print(libc.msgget(77, 0o666), libc.mq_open(b'/q', 2))"
    )
    _expect(_run(sandbox, look), "ok", b"-1 -1 -1 -1\n")


@_check
def survives_attacks_on_its_first_process(sandbox: Sandbox) -> None:
    """Signals to PID 1, to the parent and to all, and reaching for its memory, do nothing."""
    program = (
        "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nfor n in (1, 2, 9, 15, 19):\n"
        "    for who in {1, os.getppid(), -1} if n == 15 else {1, os.getppid()}:\n"
        "        try: os.kill(who, n)\n        except OSError: pass\n"
        "for name in ('mem', 'environ', 'fd', 'maps'):\n"
        "    place = f'/proc/{os.getppid()}/{name}'\n"
        "    try: os.listdir(place) if name == 'fd' else open(place).read()\n"
        "    except OSError: continue\n    print('reached', name)\nprint('end')"
    )
    _expect(_run(sandbox, program), "ok", b"end\n")
    _expect(_run(sandbox, "print(1)"), "ok", b"1\n")


@_check
def has_no_network(sandbox: Sandbox) -> None:
    """No socket but UNIX ones can be made."""
    program = (
        "import socket\nsocket.socketpair()\nfor family in socket.AddressFamily:\n"
        "    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):\n"
        "        try: socket.socket(family, kind)\n        except OSError: continue\n"
        "        assert family == socket.AF_UNIX, family\nprint('none')"
    )
    _expect(_run(sandbox, program), "ok", b"none\n")


@_check
def is_unprivileged(sandbox: Sandbox) -> None:
    """No capabilities, no new privileges, an ordinary user, a root that cannot be written."""
    program = (
        "import ctypes, os, struct\nassert os.getuid() and os.geteuid()\nlibc = ctypes.CDLL(None)\n"
        "sets = ctypes.create_string_buffer(24)\nlibc.capget(struct.pack('Ii', 0x20080522, 0), sets)\n"
        "assert sets.raw == bytes(24) and libc.prctl(39, 0, 0, 0, 0) == 1\n"
        "for place in ('/x', '/usr/x', '/opt/codegym/runner.py', '/etc/x'):\n"
        "    try: open(place, 'w')\n    except OSError: continue\n    print('wrote', place)\nprint('end')"
    )
    _expect(_run(sandbox, program), "ok", b"end\n")


@_check
def closes_every_descriptor(sandbox: Sandbox) -> None:
    """A program has 0, 1 and 2 and no other."""
    program = (
        "import os\nfound = []\nfor n in range(3, 1024):\n    try: os.fstat(n)\n    except OSError: continue\n"
        "    found.append(n)\nprint(found)"
    )
    _expect(_run(sandbox, program), "ok", b"[]\n")


@_check
def hides_other_inputs(sandbox: Sandbox) -> None:
    """No run finds the input of another one in its memory."""
    program = (
        "import ctypes, os, re, sys\nlibc = ctypes.CDLL(None)\nreading, writing = os.pipe()\n"
        "def page(start):\n    got = libc.write(writing, ctypes.c_void_p(start), 4096)\n"
        "    return os.read(reading, got) if got > 0 else b''\n"
        "def around(thing):\n    libc.sbrk.restype = ctypes.c_size_t\n"
        "    for top in (libc.sbrk(0) >> 12, (id(thing) >> 12) + 1024): yield f'{top - 2048 << 12:x}-{top << 12:x} r'\n"
        "own = sys.stdin.read().strip()\nmark = 'SEC' + 'RET'\nfound = set()\n"
        "try: maps = open('/proc/self/maps').readlines()\nexcept PermissionError: maps = around(object())\n"
        "for line in maps:\n    span, rights = line.split()[:2]\n"
        "    if 'r' not in rights or '[v' in line: continue\n"
        "    start, end = (int(part, 16) for part in span.split('-'))\n"
        "    data = b''.join(map(page, range(start, end, 4096)))\n"
        "    found |= set(re.findall(mark.encode() + b'-[0-9]+-', data))\n"
        "print(sorted(found - {own.encode()}))"
    )
    inputs = [b"SECRET-%d-\n" % number for number in range(1, 5)]
    for run in sandbox.execute(program, inputs, Limits(cpu_s=5)):
        _expect(run, "ok", b"[]\n")


@_check
def calls_functions(sandbox: Sandbox) -> None:
    """Arguments in, value out, printing and reading apart from both."""
    program = (
        "import sys\nprint('noise')\ndef f(a, b):\n    assert sys.stdin.read() == ''\n"
        "    return [a, (b, None), {1: {2}}, 2**200]\n"
    )
    (run,) = sandbox.execute(program, [values.dumps([True, 0.5])], SMALL, entry_point="f")
    assert run.status == "ok" and run.stdout == b"noise\n", run
    assert values.loads(run.result) == [True, (0.5, None), {1: {2}}, 2**200], run


@_check
def reports_failing_functions(sandbox: Sandbox) -> None:
    """No such function, an exception, a value that is no plain data, leaving early."""
    for program, words in (
        ("x = 1", b"expected a function named 'f'"),
        ("def f(): return 1 / 0", b"ZeroDivisionError"),
        ("def f(): return object()", b"what f returned cannot be compared"),
        ("class I(int): pass\ndef f(): return I(3)", b"what f returned cannot be compared"),
    ):
        (run,) = sandbox.execute(program, [values.dumps([])], SMALL, entry_point="f")
        assert run.status == "runtime_error" and words in run.stderr and not run.result, run
        assert b"runner.py" not in run.stderr and b"values.py" not in run.stderr, run
    (run,) = sandbox.execute("def f():\n    raise SystemExit", [values.dumps([])], SMALL, entry_point="f")
    assert (run.status, run.result) == ("ok", b""), run


@_check
def stops_when_told(sandbox: Sandbox) -> None:
    """After ``stop`` no more than the rest already on its way is run, and the sandbox is as good as before."""
    seen: list[Execution] = []

    def stop(run: Execution) -> bool:
        seen.append(run)
        return len(seen) == 3

    runs = sandbox.execute("print(1)", [b""] * 50, SMALL, stop=stop)
    assert 3 <= len(runs) <= 50 and len(seen) == 3, len(runs)
    _expect(_run(sandbox, "print(2)"), "ok", b"2\n")


@_check
def is_the_same_every_time(sandbox: Sandbox) -> None:
    """Hash seed, time zone, locale and environment are pinned."""
    program = (
        "import os, sys, time\nprint(hash('x'), time.tzname[0], sys.stdout.encoding, sorted(os.environ))\n"
        "print({'b', 'a', 'c'})"
    )
    outputs = {_run(sandbox, program).stdout for _ in range(3)}
    assert len(outputs) == 1 and b"UTC utf-8" in next(iter(outputs)), outputs


@_check
def measures(sandbox: Sandbox) -> None:
    """CPU seconds, wall-clock seconds and memory are near the truth."""
    run = _run(
        sandbox,
        "import time\nx = bytearray(30 << 20)\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass",
    )
    _expect(run, "ok")
    assert 0.15 < run.cpu_s < 0.6 and run.wall_s >= 0.15 and run.memory_bytes > 30 << 20, run
