"""The program's process: what a child of the runner does between the fork and its end.

A program finds what ``python3 main.py`` would give it: real descriptors 0, 1 and 2, ``__main__``, ``sys.argv``,
tracebacks with its own lines and without our frames, exit status, ``atexit``, threads, flushing at the end.
Nothing here is a protection but for closing what the child inherited: all that happens in this process is the
program's to change, and what it reports is judged on the host as data. Standard library only.
"""

import atexit
import builtins
import gc
import marshal
import mmap
import os
import resource
import sys
import types

# A program may put something else in their place.
from _signal import SIG_DFL, SIGINT, default_int_handler, signal  # those of ``signal`` make enumerations, which costs
from builtins import BaseException, getattr, hasattr, int, isinstance, issubclass, len, list, map, str, type, vars  # noqa: UP029
from io import BufferedRandom, BufferedWriter, TextIOWrapper

from calls import perform
from confine import prctl, restrict, users
from core import core
from sets import orders
from values import dumps, loads

WORK = os.getcwd()
MAIN = WORK + "/main.py"
DESCRIPTORS = 256
RETURN_FD = 3
HANDED_FD = 4
PR_SET_DUMPABLE = 4
OUR_FOLDER = os.path.dirname(os.path.abspath(__file__)) + "/"

marks = mmap.mmap(-1, 2)
"""Shared bytes in which a child says how far it came. A program can set them too, to its own disadvantage only."""
OUT_OF_MEMORY, COMPILING = range(2)
MANY_OBJECTS = 50_000
STACKS_BYTES = 1 << 30
"""For stacks of threads, which are reserved as private memory and hardly used. What is used is looked at."""
MADE_AT_RUN_TIME = 1 << 9
"""The flag of types that are no part of the interpreter itself."""
QUIET = frozenset({dict, list, tuple, set, types.FunctionType, types.ModuleType, types.CellType})
"""Types whose objects say nothing when they go."""
REHEARSALS = 10
REHEARSED = """
def add(*numbers):
    return sum(numbers)
a, b = map(int, input().split())
print(add(a, b))
"""
excepthook = sys.__excepthook__
loaders = {name: type(sys.modules["__main__"].__loader__)(name, MAIN) for name in ("__main__", "main")}
main_module = None
"""The program, once it runs in this process."""


class Limits:
    def __init__(self, cpu_s, wall_s, memory, output, options):
        self.cpu_s = cpu_s
        self.wall_s = wall_s
        self.memory = memory
        self.output = output
        self.options = options
        self.by_cgroup = options["memory"] == "cgroup"

    def bound_output(self):
        """Limit what the program writes; for when its code object has been handed over."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.output + 1, self.output + 1))

    def apply(self):
        """Bind the calling child: what the kernel holds it to even if PID 1 were asleep."""
        for which, bound in self.bounds():
            resource.setrlimit(which, (bound, bound))

    def bounds(self):
        """The limits that are the kernel's, and their numbers."""
        # The kernel counts ticks here, more than were used on a busy machine, and knows nothing of its pace; so this is
        # a backstop with room.
        yield resource.RLIMIT_CPU, int(2.5 * self.cpu_s) + 2
        if not self.by_cgroup:
            # Private memory is what a program allocates; address space bounds what it shares or reserves.
            data, space, _ = self.options["base"]
            yield resource.RLIMIT_DATA, data + self.memory + STACKS_BYTES
            yield resource.RLIMIT_AS, space + 2 * self.memory + STACKS_BYTES + (1 << 29)
            yield resource.RLIMIT_NPROC, self.options.get("tasks", self.options["processes"])


def child(job, limits, files):
    """Become the program's process. From here on nothing is trusted."""
    core.leave()
    for number, file in enumerate(files):
        os.dup2(file, number)
    users.become_program()
    if "walls" in limits.options:
        restrict(limits.options["walls"])
    os.closerange(len(files), DESCRIPTORS)
    os.setpgid(0, 0)  # a session of its own would be a scheduler's group of its own, which costs a tenth of a run
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    if limits.by_cgroup:
        file = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(file, b"1000")
        os.close(file)
    limits.apply()
    signal(SIGINT, default_int_handler)
    try:
        try:
            status = job()
        finally:
            flush(0, quiet=True)
    except BaseException:
        status = report(*sys.exc_info())
    status = finish(status)
    if status == -SIGINT:
        signal(SIGINT, SIG_DFL)
        os.kill(os.getpid(), SIGINT)
    return status


def report(kind, error, frames):
    """Show an exception as the interpreter would, without our frames; the exit status it stands for."""
    if issubclass(kind, SystemExit):
        return leave_with(error)
    if issubclass(kind, MemoryError):
        marks[OUT_OF_MEMORY] = 1
    while frames and frames.tb_frame.f_code.co_filename.startswith(OUR_FOLDER):
        frames = frames.tb_next
    error = error.with_traceback(frames)
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, frames
    if not hasattr(sys, "excepthook"):
        complain("sys.excepthook is missing\n")
    try:
        getattr(sys, "excepthook", excepthook)(kind, error, frames)
    except SystemExit as another:
        return leave_with(another)
    except BaseException as another:
        complain("Error in sys.excepthook:\n")
        frames_of_hook = another.__traceback__ and another.__traceback__.tb_next
        excepthook(type(another), another.with_traceback(frames_of_hook), frames_of_hook)
        complain("\nOriginal exception was:\n")
        excepthook(kind, error, frames)
    return -SIGINT if kind is KeyboardInterrupt else 1


def leave_with(error):
    """The exit status of a SystemExit."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF if -(2**63) <= code < 2**63 else 0xFF
    try:
        complain(str(code))
    except BaseException:
        pass
    complain("\n")
    return 1


def complain(text):
    try:
        sys.stderr.write(text)
    except BaseException:
        pass


def finish(status):
    """What an interpreter does when its main program has ended, short of freeing memory."""
    sys.settrace(None)
    sys.setprofile(None)
    if main_module:
        for name in ("__file__", "__cached__"):
            vars(main_module).pop(name, None)
    try:
        if threading := sys.modules.get("threading"):
            threading._shutdown()
    except BaseException as error:
        complain(f"Exception ignored in: {threading!r}\n")
        excepthook(type(error), error, error.__traceback__ and error.__traceback__.tb_next)
    try:
        atexit._run_exitfuncs()
    except BaseException:
        pass
    status = flush(status)
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    sys.last_type = sys.last_value = sys.last_traceback = None
    if main_module:
        drop_main_module()
    flush(status, quiet=True)  # an interpreter has let go of them by now
    return status


def drop_main_module():
    """Write what open files still hold, and let go of the program's variables.

    This is done by a collection; one by one where there are many, and none that would do something of its own then.
    """
    global main_module
    found = gc.get_objects()  # none of what PID 1 had before the fork is among them
    for left in found:
        kind = type(left)  # which may be equal to others, or have no hash, if it has a type of its own
        if kind is TextIOWrapper or kind is BufferedWriter or kind is BufferedRandom:
            try:
                if not left.closed:
                    left.flush()
            except BaseException:
                pass
    few, quiet = True, False
    try:
        kinds = {*map(type, found)}
        few = len(found) < MANY_OBJECTS or any(map(has_finalizer, kinds))
        quiet = QUIET.issuperset(kinds)
    except BaseException:
        pass
    found = left = kind = kinds = None
    namespace = vars(main_module)
    for name in ("__main__", main_module.__name__):
        sys.modules.pop(name, None)
    main_module = None
    if quiet:
        return
    if few:
        namespace = None
        gc.enable()
        gc.collect()
        return
    for name in list(namespace):
        if name != "__builtins__":
            namespace[name] = None


def has_finalizer(kind):
    """Whether a class of a program's or of a module's would do something of its own when an object of it goes."""
    return kind.__flags__ & MADE_AT_RUN_TIME and hasattr(kind, "__del__")


def flush(status, quiet=False):
    """Flush the standard streams; the exit status, which is 120 where that fails."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name, None)
        try:
            closed = stream is None or stream.closed
        except BaseException:
            closed = False
        if closed:
            continue
        try:
            stream.flush()
        except BaseException as error:
            if quiet:
                continue
            if name == "stdout":
                complain(f"Exception ignored in: {stream!r}\n")
                excepthook(type(error), error, error.__traceback__.tb_next)
            status = 120
    return status


def run_module(code, name, given=()):
    """Run the program as module ``name`` (which is the main module too, whatever its name), with names ``given``."""
    global main_module
    module = main_module = types.ModuleType(name)
    module.__file__ = MAIN
    module.__annotations__ = {}
    module.__cached__ = None
    module.__loader__ = loaders[name]
    module.__builtins__ = builtins
    vars(module).update(given)
    sys.modules["__main__"] = sys.modules[name] = module
    exec(code, module.__dict__)
    sys.settrace(None)
    return module


def rehearse():
    """Do in PID 1, and undo, what every child will do, so that the interpreter has seen it before it is forked.

    A child that runs code for the first time fills caches and adapts byte code, and each page that it writes to for
    that is one to copy, in every child again.
    """
    main = sys.modules["__main__"]
    code = compile(REHEARSED, MAIN, "exec")
    os.write(0, b"1 2\n" * REHEARSALS)
    os.lseek(0, 0, os.SEEK_SET)
    for _ in range(REHEARSALS):
        run_module(code, "__main__")
        finish(0)
    del sys.last_type, sys.last_value, sys.last_traceback
    sys.modules["__main__"] = main


def compile_and_hand_over(source):
    """The code object; None where it does not compile. PID 1 gets a copy, and the warnings, before the program begins.

    This is done in a child, so that a source made to break the compiler breaks only that. A copy has constant sets
    built anew; where one that is gone through is in another order then, none is handed over: the next child compiles.
    """
    marks[COMPILING] = 1
    try:
        code = compile(source, MAIN, "exec", dont_inherit=True)
    except BaseException as error:
        sys.excepthook(type(error), error.with_traceback(None), None)
        return None
    handed = marshal.dumps((code, os.pread(2, 1 << 16, 0)))
    sets = orders(code)
    if not sets or sets == orders(marshal.loads(handed)[0]):
        write_all(HANDED_FD, memoryview(handed))
    os.close(HANDED_FD)
    marks[COMPILING] = 0
    return code


def run_script(code):
    os.closerange(RETURN_FD, HANDED_FD + 1)
    run_module(code, "__main__")
    return 0


def call_function(code, entry):
    """Import the program as module ``main``, call its function with the arguments, write what it returns.

    Where there is a mapping in the place of arguments it is an order, see ``calls.py``.
    """
    data = read_file(0)
    returned = os.dup(RETURN_FD)
    os.close(RETURN_FD)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    arguments = loads(data)
    if type(arguments) is dict:
        outcomes = perform(arguments, entry, code, lambda given: run_module(code, "main", given), report)
        write_all(returned, memoryview(outcomes))
        return 0
    function = getattr(run_module(code, "main"), entry, None)
    if not callable(function):
        raise NameError(f"expected a function named {entry!r} in the program, got none")
    value = function(*arguments)
    try:
        data = dumps(value)
    except (TypeError, RecursionError) as error:
        raise TypeError(f"what {entry} returned cannot be compared: {error}") from None
    write_all(returned, memoryview(data))
    return 0


def write_all(target, view):
    while view:
        view = view[os.write(target, view) :]


def read_file(descriptor):
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
