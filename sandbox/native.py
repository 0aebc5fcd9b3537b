"""Programs that are no Python: a compiler at work, and what it made. Standard library only.

What a compiler made comes back from the host as bytes, and lies in a file in memory that is sealed: a program can read
itself, and neither it nor the runner can change it. So it stays from one request to the next.
"""

import fcntl
import os
import resource
import sys
from _signal import SIG_DFL, SIGINT, SIGPIPE, SIGXFSZ, signal

from confine import users
from keeper import main_file
from pages import MOST_KEPT, heap
from program import WORK, Limits

BINARY_FD = 4
F_ADD_SEALS, ALL_SEALS = 1033, 0b1111
OWN_DATA, OWN_SPACE, OWN_RESIDENT = 8 << 20, 64 << 20, 4 << 20
"""What a program of C++ has before it asks for anything."""
SANITIZERS_SPACE = 1 << 46
"""Address space that sanitizers reserve and do not use."""
THREADS = 8
INHERITED = (SIGINT, SIGPIPE, SIGXFSZ)
"""Signals that an interpreter ignores or handles, which would last."""
NOT_FOUND = 127
ENVIRONMENT = {
    **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ},
    "TMPDIR": WORK,
    "SOURCE_DATE_EPOCH": "0",
}


class NativeLimits(Limits):
    """As for Python, but what the program has by itself is another amount, and the stack may be deeper."""

    def __init__(self, cpu_s, wall_s, memory, output, options, setup):
        super().__init__(cpu_s, wall_s, memory, output, options)
        wanted = setup["stack"]
        deepest = resource.getrlimit(resource.RLIMIT_STACK)[1]  # infinity is -1
        self.stack = deepest if wanted is None or 0 <= deepest < wanted else wanted
        reserved = SANITIZERS_SPACE if setup["sanitized"] else 0
        # A peak is never seen below that of this process, from which the program's was forked.
        resident = max(OWN_RESIDENT, heap.peak + MOST_KEPT + (2 << 20) - memory)
        if self.stack >= 0:  # each thread reserves another one
            reserved += THREADS * self.stack
        self.options = {**options, "base": (OWN_DATA + reserved, OWN_SPACE + reserved, resident)}

    def bounds(self):
        yield resource.RLIMIT_STACK, self.stack
        yield from super().bounds()


class Native:
    """A compiled program, or a command of the box such as a compiler; what a child becomes."""

    held = launcher = digest = changed_ns = None

    def __init__(self, limits, setup):
        self.limits = limits
        self.command = setup["command"]
        self.arguments = []

    @classmethod
    def take(cls, stream, size, launcher_size, digest):
        """Take the program and its launcher from the host, if it is not the one that is held already."""
        if digest == cls.digest:
            return
        for file in {cls.held, cls.launcher} - {None}:
            os.close(file)
        cls.launcher = sealed(stream, launcher_size) if launcher_size else None
        cls.held = sealed(stream, size - launcher_size)
        cls.digest = digest
        cls.changed_ns = os.fstat(cls.held).st_ctime_ns

    @classmethod
    def is_as_taken(cls):
        """Whether a program left its own modes and times alone, which seals do not keep from their owner."""
        return cls.held is None or os.fstat(cls.held).st_ctime_ns == cls.changed_ns

    def launch(self, files):
        """Start it by its launcher; what is to be in a child of ours is none then."""
        options = self.limits.options
        places = [*files[:3], files[BINARY_FD], *([options["walls"]] if "walls" in options else [])]
        bounds = [*self.limits.bounds(), (resource.RLIMIT_FSIZE, self.limits.output + 1)]
        limits = [f"{which} {bound % (1 << 64)}" for which, bound in bounds]
        numbers = [int(self.limits.by_cgroup), users.program or 0, int("walls" in options)]
        with users:  # for whoever starts another program has no right to become somebody else in it
            return os.posix_spawn(
                f"/proc/self/fd/{self.launcher}",
                [" ".join([*map(str, numbers), *limits]), "./main", *self.arguments],
                ENVIRONMENT,
                file_actions=[(os.POSIX_SPAWN_DUP2, file, number) for number, file in enumerate(places)],
                setpgroup=0,
                setsigdef=INHERITED,
            )

    def launches(self):
        """Whether it is started so."""
        return not self.command and self.launcher is not None

    def is_there(self):
        return not self.command or find(self.command[0]) is not None

    def files(self, standard):
        """What the child has beyond its three streams. The first is in the place of a value, and is closed."""
        return [] if self.command else [standard[2], self.held]

    def value(self, extra):
        """The file of what a function returned."""
        return []

    def job(self):
        """Become it."""
        for number in INHERITED:
            signal(number, SIG_DFL)
        self.limits.bound_output()
        if self.command:
            os.execve(find(self.command[0]), [*self.command, *self.arguments], ENVIRONMENT)
        for number in (BINARY_FD - 1, BINARY_FD):
            os.set_inheritable(number, False)
        os.execve(BINARY_FD, ["./main", *self.arguments], ENVIRONMENT)

    def prepare(self):
        """It lies in no folder."""

    def complaint(self):
        return b""

    def settle(self, result, files):
        return b""


def sealed(stream, size):
    """A file in memory with bytes from the host, which nobody can change."""
    file = os.memfd_create("main", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    stream.copy_to(file, size)
    fcntl.fcntl(file, F_ADD_SEALS, ALL_SEALS)
    return file


def find(name):
    """The path of a command, or None."""
    places = [f"{folder}/{name}" for folder in os.environ["PATH"].split(":")]
    return next((place for place in places if os.access(place, os.X_OK)), None)


class Script:
    """A Python program with arguments and files of its own. ``task`` is the runner's, as are the two functions."""

    def __init__(self, task, settle_code):
        self.task = task
        self.limits = task.limits
        self.settle_code = settle_code
        self.arguments = []

    def is_there(self):
        return True

    def files(self, standard):
        task = self.task
        return [os.memfd_create("io", 0) for _ in range(2 if task.code is None else 1 if task.entry else 0)]

    def value(self, extra):
        return extra[:1]

    def launches(self):
        return False

    def job(self):
        sys.argv[1:] = self.arguments
        return self.task.job()

    def prepare(self):
        main_file.lay_down(self.task.source)

    def complaint(self):
        return self.task.complaint

    def settle(self, result, files):
        """Take the code object, or why there is none, from the child that had to compile."""
        if self.task.code is None:
            self.settle_code(self.task, result, files)
        return self.task.complaint
