"""The box's own half: PID 1 of a sandbox, which runs one program at a time and reports plain numbers and bytes.

It is a zygote. It warms the interpreter once; for each request it compiles the program in a child that hands
the code object back, then forks one child a test from itself, waits, kills whatever else lives in the
namespace, reaps it, and wipes what the run could write. It speaks with the host over one stream that exists
before any program runs; nothing listens in here. Standard library only; it never imports codegym
(``values.py``, which lies beside it in a box, is copied from there). ``program.py`` is the child's side.

What keeps a program from this process: it is not dumpable, so programs of the same user cannot read its
memory or trace it; signals do not reach a PID 1 without handlers; all of its descriptors are closed in the
child before the program starts; a test's input passes through one buffer that is overwritten with zeros, so a
later child does not inherit it. What a program makes of its own process is its own affair: everything that
it reports is judged on the host as data.

Protocol (big-endian): REQUEST, program, entry point; then for each input SIZE and the bytes, or SIZE with
``STOP``. For each input that arrived, RESULT, stdout, stderr, returned value.
"""

import gc
import json
import marshal
import os
import resource
import select
import shutil
import signal
import site
import socket
import struct
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import (
    DESCRIPTORS,
    MAIN,
    PR_SET_DUMPABLE,
    WORK,
    Limits,
    call_function,
    child,
    compile_source,
    out_of_memory,
    prctl,
    read_file,
    run_script,
    write_all,
)

REQUEST = struct.Struct("!4sIIddQQI")
"""Magic, bytes of program, bytes of entry point, CPU seconds, wall seconds, memory and output bytes, inputs."""
SIZE = struct.Struct("!Q")
RESULT = struct.Struct("!4sBiddQQQQ")
"""Magic, status, exit code, CPU seconds, wall seconds, peak memory, bytes of stdout, stderr and value."""
MAGIC = b"cgy1"
STOP = 2**64 - 1
OK, RUNTIME, TIME, MEMORY, OUTPUT, COMPILE = range(6)

WRITABLE = (WORK, "/tmp", "/dev/shm", "/dev/mqueue")
COMPILE_CPU_S = 10

USUAL_MODULES = """
    array bisect cmath collections copy datetime decimal fractions functools heapq io itertools json math
    operator random re string textwrap time typing
"""


ipc_tables = []
"""Open files that list the objects of the IPC namespace."""


def main():
    options = json.loads(sys.argv[1])
    stream = Stream(options.get("socket"))
    harden()
    warm()
    ipc_tables.extend(os.open(f"/proc/sysvipc/{name}", os.O_RDONLY) for name in ("shm", "sem", "msg"))
    options["base"] = mapped_bytes()
    options["condition"] = condition()
    stream.write(json.dumps({"python": sys.version.split()[0]}).encode() + b"\n")
    while header := stream.read(REQUEST.size):
        serve(stream, options, *REQUEST.unpack(header))


class Stream:
    """The one connection with the host: a UNIX socket at ``path``, else descriptors 0 and 1."""

    def __init__(self, path):
        if path:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(path)
            self.source = self.sink = connection.detach()
        else:
            self.source = os.dup(0)
            self.sink = os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(null, number)
        os.close(null)
        self.buffer = memoryview(bytearray(1 << 16))

    def read(self, size):
        """Exactly ``size`` bytes, or nothing where the host has gone."""
        data = bytearray(size)
        view = memoryview(data)
        while view:
            got = os.readv(self.source, [view])
            if not got:
                return b""
            view = view[got:]
        return bytes(data)

    def copy_to(self, target, size):
        """Bring ``size`` bytes into a file without a trace of them in this process's memory."""
        while size:
            view = self.buffer[: min(size, len(self.buffer))]
            got = os.readv(self.source, [view])
            if not got:
                sys.exit("the host has gone")
            if target is not None:
                write_all(target, view[:got])
            view[:got] = bytes(got)
            size -= got

    def write(self, data):
        write_all(self.sink, memoryview(data))

    def send_file(self, source, size):
        offset = 0
        while offset < size:
            offset += os.sendfile(self.sink, source, offset, size - offset)


def harden():
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    os.umask(0o022)
    os.chdir(WORK)


def warm():
    """Do once what every child would have to do again."""
    site.setquit()
    site.setcopyright()
    site.sethelper()
    for name in USUAL_MODULES.split():
        __import__(name)
    try:
        exec(compile("print('')\nraise ValueError", MAIN, "exec"), {"print": str})
    except ValueError:
        traceback.format_exc()
    for name in ("program", "values"):
        del sys.modules[name]
    sys.path[0] = WORK
    sys.argv[:] = ["main.py"]
    gc.collect()
    gc.freeze()


def serve(stream, options, magic, program_size, entry_size, cpu_s, wall_s, memory, output, inputs):
    if magic != MAGIC:
        sys.exit("the host does not speak this protocol")
    program = stream.read(program_size)
    entry = stream.read(entry_size).decode()
    limits = Limits(cpu_s, wall_s, memory, output, options)
    code, complaint = compile_apart(program, limits)
    for _ in range(inputs):
        (size,) = SIZE.unpack(stream.read(SIZE.size) or SIZE.pack(STOP))
        if size == STOP:
            break
        if code is None:
            stream.copy_to(None, size)
            stream.write(RESULT.pack(MAGIC, COMPILE, 1, 0.0, 0.0, 0, 0, len(complaint), 0) + complaint)
            continue
        with_files(4, run_test, stream, size, program, code, entry, limits)
        wipe()
        if condition() != options["condition"]:
            sys.exit("a program changed what holds for those after it")


def with_files(count, function, *arguments):
    """Call ``function`` with ``count`` fresh files in memory, and close them again."""
    files = [os.memfd_create("io", 0) for _ in range(count)]
    try:
        return function(*arguments, *files)
    finally:
        for file in files:
            os.close(file)


def compile_apart(program, limits):
    """Compile in a child, so that a source made to break the compiler breaks only that: (code, complaint)."""
    return with_files(3, compile_in_child, program, limits)


def compile_in_child(program, limits, out, err, returned):
    limits = Limits(COMPILE_CPU_S, 3 * COMPILE_CPU_S, max(limits.memory, 1 << 29), 1 << 28, limits.options)
    null = os.open(os.devnull, os.O_RDONLY)

    status, exit_code, *_ = supervise(lambda: compile_source(program), limits, null, out, err, returned)
    os.close(null)
    if status == OK:
        return marshal.loads(read_file(returned)), b""
    if status == RUNTIME and exit_code == 1:
        return None, read_file(err)[: 1 << 16]
    return None, b"SyntaxError: the program cannot be compiled within the limits of time and memory\n"


def run_test(stream, size, program, code, entry, limits, source, out, err, returned):
    stream.copy_to(source, size)
    os.lseek(source, 0, os.SEEK_SET)
    write_main(program)
    job = (lambda: call_function(code, entry)) if entry else (lambda: run_script(code))
    result = supervise(job, limits, source, out, err, returned, stream.source)
    sizes = [min(os.fstat(file).st_size, limits.output) for file in (out, err, returned)]
    stream.write(RESULT.pack(MAGIC, *result, *sizes))
    for file, length in zip((out, err, returned), sizes):
        stream.send_file(file, length)


def write_main(program):
    """Lay the program down where tracebacks, spawned processes and curious programs look for it."""
    descriptor = os.open(MAIN, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    write_all(descriptor, memoryview(program))
    os.close(descriptor)


def supervise(job, limits, source, out, err, returned, host=None):
    """Run ``job`` in a child and clean up behind it: (status, exit code, CPU s, wall s, peak bytes)."""
    out_of_memory[0] = 0
    ooms = oom_kills() if limits.by_cgroup else 0
    started = time.monotonic()
    leave = os._exit  # before a program can put something else in its place
    pid = os.fork()
    if not pid:
        exit_code = 1
        try:
            exit_code = child(job, limits, source, out, err, returned)
        finally:
            leave(exit_code)
    overtime = wait_for(pid, limits, started, host)
    if overtime:
        os.kill(pid, signal.SIGKILL)
    _, wait_status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - started
    cpu = usage.ru_utime + usage.ru_stime + kill_the_rest()
    exit_code = os.waitstatus_to_exitcode(wait_status)
    memory = usage.ru_maxrss * 1024
    files_full = any(os.fstat(file).st_size > limits.output for file in (out, err, returned))
    if overtime or cpu > limits.cpu_s or exit_code == -signal.SIGXCPU:
        status = TIME
    elif memory - limits.options["base"][2] > limits.memory:
        status = MEMORY
    elif files_full:
        status = OUTPUT
    elif exit_code == 0:
        status = OK
    elif out_of_memory[0] or (limits.by_cgroup and oom_kills() > ooms):
        status = MEMORY
    else:
        status = RUNTIME
    return status, exit_code, cpu, wall, memory


def wait_for(pid, limits, started, host):
    """Wait until ``pid`` ends; True where it used up its time first. Sleeps, never spins."""
    watch = select.poll()
    handle = os.pidfd_open(pid)
    watch.register(handle, select.POLLIN)
    if host is not None:
        watch.register(host, 0)
    cores = os.cpu_count() or 1
    used = 0.0
    try:
        while True:
            left = started + limits.wall_s - time.monotonic()
            if left <= 0 or used > limits.cpu_s:
                return True
            # All cores together cannot use up the rest sooner than this.
            pause = min(left, max((limits.cpu_s - used) / cores, 0.005))
            for descriptor, _ in watch.poll(pause * 1000 + 1):
                if descriptor == handle:
                    return False
                sys.exit("the host has gone")
            used = cpu_seconds_of_all()
    finally:
        os.close(handle)


def cpu_seconds_of_all():
    """CPU time of everything in the namespace but this process, in seconds (to a clock tick)."""
    ticks = 0
    for name in os.listdir("/proc"):
        if name.isdigit() and name != "1":
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def kill_the_rest():
    """Kill and reap all other processes of the namespace; the CPU seconds that they had used."""
    cpu = 0.0
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return cpu
        cpu += usage.ru_utime + usage.ru_stime


def condition():
    """What a program can change for those after it, and cannot be wiped.

    Of this process, which has the same user: limits, priority, cores. Of the namespace: System V shared memory,
    semaphores and queues.
    """
    limits = [resource.getrlimit(number) for number in range(16)]
    objects = [os.pread(table, 4096, 0) for table in ipc_tables]
    return limits, os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0), objects


def wipe():
    """Remove what a run could leave; a box that cannot be wiped ends here, and the host takes a new one."""
    for folder in WRITABLE:
        try:
            os.chmod(folder, 0o1777)
        except PermissionError:
            pass  # not ours, so no program can have changed it either
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)
                    shutil.rmtree(entry.path)
                else:
                    os.unlink(entry.path)


def oom_kills():
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as file:
                return sum(int(line.split()[1]) for line in file if line.startswith("oom_kill "))
        except OSError:
            continue
    return 0


def mapped_bytes():
    """Private writable memory, address space and resident memory that a child inherits, in bytes."""
    with open("/proc/self/statm") as file:
        space, resident, _, _, _, data, _ = (int(word) * resource.getpagesize() for word in file.read().split())
    return data, space, resident


if __name__ == "__main__":
    main()
