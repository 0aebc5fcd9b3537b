"""The box's own half: PID 1 of a sandbox, which runs one program at a time and reports plain numbers and bytes.

It is a zygote. It warms the interpreter once; for each request it forks one child a test from itself (the first
compiles the program and hands the code object back before it runs it), waits, kills whatever else lives in the
namespace, reaps it, and wipes what the run could write. It speaks with the host over one stream that exists before any
program runs; nothing listens in here. Standard library only; it never imports codegym (``values.py``, which lies beside
it in a box, is copied from there). ``stream.py`` is the connection, ``keeper.py`` runs one child and cleans up behind
it, ``program.py`` is the child's side.

What keeps a program from this process: it is not dumpable, so programs of the same user cannot read its
memory or trace it; signals do not reach a PID 1 without handlers; all of its descriptors are closed in the
child before the program starts; a test's input passes through one buffer that is overwritten with zeros, so a
later child does not inherit it. What a program makes of its own process is its own affair: everything that
it reports is judged on the host as data.

Protocol (big-endian): REQUEST, program, entry point; then for each input SIZE and the bytes, or SIZE with
``STOP``. For each input that arrived, RESULT, stdout, stderr, returned value. What wants more than this is asked for
as ``wide.py`` says.
"""

import gc
import io
import json
import marshal
import os
import resource
import signal
import site
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from confine import (
    OF_FILES,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_NO_NEW_PRIVS,
    READ,
    READ_DIR,
    abi,
    everything,
    filter_calls,
    keep_capabilities,
    prctl,
    refuse_changes,
    refuse_connections,
    restrict,
    ruleset,
    users,
)
from core import core
from keeper import clean_up, kill_the_rest, main_file, prepare_folders, session, supervise
from pace import pace
from pages import heap, make_code_huge
from program import (
    COMPILING,
    DESCRIPTORS,
    MAIN,
    OUR_FOLDER,
    PR_SET_DUMPABLE,
    WORK,
    Limits,
    call_function,
    compile_and_hand_over,
    marks,
    read_file,
    rehearse,
    run_script,
)
from recursion import recursion
from stream import MAGIC, OK, REQUEST, RUNTIME, SIZE, STOP, Stream
from watch import SCRATCH, cgroup, mapped_bytes
from wide import WIDE
from wide import serve as serve_wide

COMPILE_CPU_S = 10
LESSONS = 10
LONG_SOURCE = 1 << 16
STACK_BYTES = 8 << 20
PINNED = {"PATH", "HOME", "LANG", "TZ", "PYTHONHASHSEED", "PYTHONINTMAXSTRDIGITS", "PYTHONDONTWRITEBYTECODE"}
UNCOMPILABLE = b"SyntaxError: the program cannot be compiled within the limits of time and memory\n"

SIGNALS_SINCE = 6
"""The version of Landlock that keeps signals within the walls. Before it, only another user id does."""

USUAL_MODULES = "bisect collections copy functools heapq io itertools json math operator re string time typing"
"""What programs import most. Every module makes every fork dearer (``random``, ``decimal``, ``datetime``, ``shutil``,
``socket``, ``threading`` and their like together by 0.35 ms), so the rest is imported by those that want it."""


def main():
    options = json.loads(sys.argv[1])
    stream = Stream(options.get("socket"))
    harden()
    build_walls(options)
    make_code_huge()
    warm()
    prepare_folders([WORK] if "walls" in options else [WORK, *SCRATCH])
    cgroup.begin()
    session.begin()
    pace.best_s = options.get("best_s", pace.best_s)
    pace.learn(LESSONS)
    options["base"] = mapped_bytes()
    heap.begin()
    stream.write(json.dumps({"python": sys.version.split()[0]}).encode() + b"\n")
    try:
        while header := stream.read(REQUEST.size):
            serve(stream, options, *REQUEST.unpack(header))
            if not heap.is_lean():
                sys.exit("worn out")
    finally:
        kill_the_rest()


def harden():
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    forget_signals()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    os.umask(0o022)


def forget_signals():
    """What was ignored or blocked where the box was started, as under nohup, is not so for programs."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:  # which Python itself ignores
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def build_walls(options):
    """What this process forbids itself and all that it will start: a second wall behind an engine's or bubblewrap's.

    Where there is neither, it is the first: programs have rules of their own then, which keep them from this process.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    own = options.get("walls")
    version = abi() if own is None else min(abi(), own["abi"])
    if own is None:
        if version:
            scratch = [(path, everything(version)) for path in (*SCRATCH, WORK)]
            restrict(ruleset(version, [("/", READ), ("/dev", OF_FILES), ("/proc", OF_FILES), *scratch]))
    else:
        if not version or (version < SIGNALS_SINCE and not own["users"]):
            sys.exit(
                f"Landlock {SIGNALS_SINCE} (Linux 6.12), or Landlock 1 (Linux 5.13) as root; this kernel has {version}"
            )
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        if own["users"]:
            users.divide(*own["users"])
        else:
            keep_capabilities(0)
        allowed = [(path, READ) for path in own["read"]] + [(path, READ_DIR) for path in own["list"]]
        allowed += [("/dev/" + name, OF_FILES) for name in ("null", "zero", "full", "random", "urandom")]
        allowed.append((WORK, everything(version)))
        options["walls"] = ruleset(version, allowed)
        restrict(ruleset(version, [*allowed, (OUR_FOLDER, READ), ("/proc", READ)]))
        refuse_connections()
        if not own["users"]:
            refuse_changes()
    if options.get("filter") == "always" or (options.get("filter") == "missing" and not is_filtered()):
        with open(f"{OUR_FOLDER}{os.uname().machine}.bpf", "rb") as file:
            filter_calls(file.read())


def is_filtered():
    """Whether the engine's runtime has installed a filter; some have a kernel of their own, and take none."""
    with open("/proc/self/status") as file:
        return any(line.split() == ["Seccomp:", "2"] for line in file)


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
        pass
    recursion.stand_in()
    ours = "calls confine core keeper native pace pages program recursion relay sets stream values watch wide"
    for name in (*ours.split(), "opcode", "_opcode"):
        sys.modules.pop(name, None)
    sys.path[:] = [WORK, *(path for path in sys.path if path != OUR_FOLDER[:-1])]
    sys.argv[:] = ["main.py"]
    sys.orig_argv[-2:] = ["main.py"]
    for name in set(os.environ) - PINNED:
        del os.environ[name]
    reopen_streams()
    gc.freeze()
    rehearse()
    reopen_streams()
    gc.collect()
    gc.freeze()


def reopen_streams():
    """Make the standard streams anew: those of the start know what this process had, not that a child has files."""
    for number in range(3):
        file = os.memfd_create("io", 0)
        os.dup2(file, number)
        os.close(file)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        raw = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115 (stays open)
        raw.raw.name = f"<{name}>"
        new = io.TextIOWrapper(raw, old.encoding, old.errors, newline="\n", line_buffering=old.line_buffering)
        new.mode = old.mode
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


class Task:
    """A program to run on some inputs. It is compiled once; ``complaint`` says why it could not be."""

    def __init__(self, source, entry, limits):
        self.source = source
        self.entry = entry
        self.limits = limits
        self.code = None
        self.complaint = b""
        self.warnings = b""

    def job(self):
        """What a child does."""
        code = self.code
        if code is None:
            code = compile_and_hand_over(self.source)
            if code is None:
                return 1
        elif self.warnings:
            os.write(2, self.warnings)
        self.limits.bound_output()
        return call_function(code, self.entry) if self.entry else run_script(code)


def serve(stream, options, magic, program_size, entry_size, cpu_s, wall_s, memory, output, inputs):
    limits = Limits(cpu_s, wall_s, memory, output, options)
    if magic == WIDE:
        serve_wide(stream, options, (program_size, entry_size), limits, inputs, make_task, settle_code)
        return
    if magic != MAGIC:
        sys.exit("the host does not speak this protocol")
    core.stay()
    source = stream.read(program_size)
    task = make_task(source, stream.read(entry_size).decode(), limits)
    for _ in range(inputs):
        (size,) = SIZE.unpack(stream.read(SIZE.size) or SIZE.pack(STOP))
        if size == STOP:
            break
        if task.complaint:
            stream.copy_to(None, size)
            stream.write_complaint(task.complaint)
            continue
        # Only the child that compiles has a place to put the code object; only a function returns something.
        with_files(5 if task.code is None else 4 if task.entry else 3, run_test, stream, size, task)
        clean_up()
        pace.count_run()
        core.count_run()
    core.leave()


def make_task(source, entry, limits):
    task = Task(source, entry, limits)
    if len(source) > LONG_SOURCE:
        main_file.lay_down(source)  # whence a warning takes its line
        with_files(5, compile_apart, task)
    return task


def with_files(count, function, *arguments):
    """Call ``function`` with ``count`` fresh files in memory, and close them again."""
    files = [os.memfd_create("io", 0) for _ in range(count)]
    try:
        return function(*arguments, files)
    finally:
        for file in files:
            os.close(file)


def compile_apart(task, files):
    """Compile a long source before its first test, with limits of its own: compiling may take more than running."""
    given = task.limits
    task.limits = Limits(COMPILE_CPU_S, 3 * COMPILE_CPU_S, max(given.memory, 1 << 29), 1 << 28, given.options)
    result = supervise(lambda: 0 if compile_and_hand_over(task.source) else 1, task.limits, files)
    settle_code(task, result, files)
    task.limits = given


def settle_code(task, result, files):
    """Take the code object, or the complaint, of the child that had to compile; True where it could not."""
    _, _, err, _, handed = files
    if marks[COMPILING] and result[0] != OK:
        task.complaint = read_file(err)[: 1 << 16] if result[0] == RUNTIME and result[1] == 1 else b""
        task.complaint = task.complaint or UNCOMPILABLE
        return True
    if data := read_file(handed):
        heap.hold(len(data))
        task.code, task.warnings = marshal.loads(data)
    return False


def run_test(stream, size, task, files):
    source = files[0]
    stream.copy_to(source, size)
    os.lseek(source, 0, os.SEEK_SET)
    main_file.lay_down(task.source)
    result = supervise(task.job, task.limits, files, stream.source)
    if task.code is None and settle_code(task, result, files):
        stream.write_complaint(task.complaint)
        return
    stream.write_result(result, files[1:4], task.limits.output)


if __name__ == "__main__":
    main()
