"""From the bare floor up: the least that a run costs with one promise of a box after the other kept.

``python3 -I -S rungs.py PROGRAM INPUT SECONDS RUNG`` is ``floor.py`` with the first so many of these, each written out
in the fewest steps that keep it, without a function or a test that could be spared:

1. the modules are at hand that programs import most, and the means to confine a child;
2. each run has files of its own for its input, output and complaints, and what it wrote is read;
3. the child has nothing of ours open, a process group, limits, and is no longer hidden from itself;
4. the program is a main module, and ends as an interpreter does: exit functions, open files, finalizers;
5. its time is watched while it runs, and nothing of it lives on after it;
6. the folders that it may write to, and the program's file, are as they were;
7. each input comes over a socket, and each result goes back over it (both ends are this process's).

Prints the number of runs and the seconds that they took. What it does not do, and a box does: walls of Landlock, CPU
time at the machine's pace, memory of many processes, errors of any kind, functions, and stopping. So a box that keeps
all promises costs at least what the last rung does.
"""

import os
import sys
import time

MODULES = "bisect collections copy functools heapq itertools json math operator re string typing"

program, given, seconds, rung = sys.argv[1:]
RUNG = int(rung)
with open(program) as file:
    source = file.read()
code = compile(source, program, "exec")
with open(given, "rb") as data:
    stdin = data.read()
if RUNG >= 1:
    import ctypes
    import io

    for name in MODULES.split():
        __import__(name)
    libc = ctypes.CDLL(None)
    libc.prctl(4, 0, 0, 0, 0)
if RUNG >= 3:
    import _signal  # type: ignore[import-not-found]
    import resource
if RUNG >= 4:
    import atexit
    import gc
    import types

    gc.collect()
    gc.freeze()
if RUNG >= 5:
    import select
if RUNG >= 7:
    import _socket
    import struct

    ours, theirs = _socket.socketpair()
if RUNG >= 1:
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sandbox"))
    import pages  # type: ignore[import-not-found]

    pages.make_code_huge()
    os.sched_setaffinity(0, {libc.sched_getcpu()})
result = os.dup(1)
held, target = os.memfd_create("in"), os.memfd_create("out")
os.write(held, stdin)
os.dup2(held, 0)
os.dup2(target, 1)
folders = ["/tmp", "/dev/shm", os.getcwd()]
main = os.open(program, os.O_RDONLY)
runs, started = 0, time.perf_counter()
while time.perf_counter() - started < float(seconds):
    if RUNG >= 7:
        theirs.sendall(struct.pack("!Q", len(stdin)) + stdin)
        (size,) = struct.unpack("!Q", ours.recv(8, _socket.MSG_WAITALL))
        stdin = ours.recv(size, _socket.MSG_WAITALL)
    if RUNG >= 2:
        files = [os.memfd_create("io", 0) for _ in range(3)]
        os.write(files[0], stdin)
        os.lseek(files[0], 0, os.SEEK_SET)
        target = files[1]
    else:
        os.lseek(0, 0, os.SEEK_SET)
        os.lseek(1, 0, os.SEEK_SET)
        os.ftruncate(1, 0)
    pid = os.fork()
    if not pid:
        if RUNG >= 2:
            for number in range(3):
                os.dup2(files[number], number)
        if RUNG >= 3:
            os.closerange(3, 256)
            os.setpgid(0, 0)
            libc.prctl(4, 1, 0, 0, 0)
            resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
            resource.setrlimit(resource.RLIMIT_DATA, (1 << 29, 1 << 29))
            resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))
            _signal.signal(_signal.SIGINT, _signal.default_int_handler)
        if RUNG >= 4:
            module = types.ModuleType("__main__")
            module.__file__ = program
            sys.modules["__main__"] = module
            exec(code, module.__dict__)
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
            for left in gc.get_objects():
                if type(left) is io.TextIOWrapper:
                    left.flush()
            del sys.modules["__main__"], module
        else:
            exec(code, {"__name__": "__main__"})
            sys.stdout.flush()
        os._exit(0)
    if RUNG >= 5:
        handle = os.pidfd_open(pid)
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        assert poll.poll(10_000)
        os.close(handle)
        _, ended, usage = os.wait4(pid, 0)
        assert usage.ru_utime + usage.ru_stime < 10
        try:  # noqa: SIM105 (the fewest steps)
            os.wait4(-1, 0)
        except ChildProcessError:
            pass
    else:
        ended = os.wait4(pid, 0)[1]
    assert ended == 0, ended
    if RUNG >= 6:
        assert [os.stat(folder).st_mtime_ns for folder in folders]
        assert os.stat(program).st_ctime_ns
        assert os.pread(main, 65536, 0).decode() == source
    if RUNG >= 2:
        output = os.pread(target, os.fstat(target).st_size, 0)
        assert output, "expected an output, got none"
        assert not os.fstat(files[2]).st_size
        if RUNG >= 7:
            ours.sendall(struct.pack("!4sdiddQQ", b"gave", 0.0, ended, usage.ru_utime, 0.0, len(output), 0) + output)
            assert theirs.recv(1 << 16)
        for descriptor in files:
            os.close(descriptor)
    else:
        assert os.fstat(1).st_size, "expected an output, got none"
    runs += 1
os.write(result, b"%d %.6f\n" % (runs, time.perf_counter() - started))
