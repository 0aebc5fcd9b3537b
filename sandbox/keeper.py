"""Running one child to its end, and putting everything back behind it. Standard library only.

A fork costs by what this process holds, so it holds little; what can be seen not to have changed is not done again.
What could not be put back (limits and priority of this process, System V objects, keys) is kept from programs by the
filter of system calls.
"""

import os
import select
import sys
import time
from _signal import SIGKILL, SIGXCPU

from confine import users
from core import core
from program import MAIN, OUT_OF_MEMORY, WORK, child, marks, write_all
from recursion import recursion
from stream import MEMORY, OK, OUTPUT, RUNTIME, TIME
from watch import FIRST_LOOK_S, Watch, cgroup, open_first

AHEAD_NS = 10**9


def supervise(job, limits, files, host=None, wait=None, launch=None):
    """Run ``job`` in a child and clean up behind it: (status, exit code, CPU s, wall s, peak bytes).

    ``wait`` may wait for it in another way than :func:`wait_for`, and ``launch`` start it in another way than a fork.
    """
    if not recursion.hidden:
        recursion.hide_caller(4)
    marks[:] = bytes(len(marks))
    started = time.monotonic()
    leave = os._exit  # before a program can put something else in its place
    pid = launch(files) if launch else os.fork()
    if not pid:
        exit_code = 1
        try:
            exit_code = child(job, limits, files)
        finally:
            leave(exit_code)
    watch = Watch(pid, limits, files, started)
    stopped = (wait or wait_for)(host, watch)
    if stopped is not None:
        kill_all()
    _, wait_status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - started
    cpu = max(usage.ru_utime + usage.ru_stime + kill_the_rest(), watch.cpu_s)
    exit_code = os.waitstatus_to_exitcode(wait_status)
    memory = usage.ru_maxrss * 1024
    killed_for_memory = limits.by_cgroup and cgroup.killed_for_memory()
    if stopped == TIME or watch.used_s(cpu) > limits.cpu_s or exit_code == -SIGXCPU:
        status = TIME
    elif stopped == MEMORY or memory - limits.options["base"][2] > limits.memory:
        status = MEMORY
    elif stopped == OUTPUT or any(os.fstat(file).st_size > limits.output for file in files[1:4]):
        status = OUTPUT
    elif exit_code == 0:
        status = OK
    elif marks[OUT_OF_MEMORY] or killed_for_memory:
        status = MEMORY
    else:
        status = RUNTIME
    return status, exit_code, cpu, wall, memory


def wait_for(host, watch):
    """Wait until a run ends; the status of one that used up its time or memory first. Sleeps, never spins."""
    poll = select.poll()
    handle = os.pidfd_open(watch.pid)
    poll.register(handle, select.POLLIN)
    if host is not None:
        poll.register(host, 0)
    pause = FIRST_LOOK_S
    try:
        while (status := watch.verdict()) is None:
            for descriptor, _ in poll.poll(min(watch.left_s(), pause) * 1000 + 1):
                if descriptor == handle:
                    if pause > FIRST_LOOK_S:
                        watch.look()
                    return None
                sys.exit("the host has gone")
            core.leave()  # lest programs keep it from looking
            watch.look()
            pause = watch.pause_s()
        return status
    finally:
        os.close(handle)


def kill_the_rest():
    """Kill and reap all other processes of the namespace; the CPU seconds that they had used."""
    cpu = 0.0
    while True:
        try:
            kill_all()
            _, _, usage = os.wait4(-1, 0)
        except (ProcessLookupError, ChildProcessError):
            return cpu
        cpu += usage.ru_utime + usage.ru_stime


def kill_all():
    """Kill every other process of the box: of the namespace, of the programs' user, or those within the same walls."""
    with users:
        os.kill(-1, SIGKILL)


class MainFile:
    """The program as a file, where tracebacks, spawned processes and curious programs look for it.

    It is written once for a program, and again if a run changed it.
    """

    source = None
    descriptor = None
    mark = None

    def lay_down(self, source):
        if self.source is source and self.mark:
            return
        if self.descriptor is not None:
            os.close(self.descriptor)
        with users:
            if users.one and os.path.isfile(MAIN):
                os.unlink(MAIN)  # for when it was read stays
            self.descriptor = os.open(MAIN, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        write_all(self.descriptor, memoryview(source))
        if not users.one:
            now = time.time_ns()
            with users:  # later than all its other times, or reading it would leave a note of when
                os.utime(self.descriptor, ns=(now + AHEAD_NS, now))
        self.source, self.mark = source, self.look()

    def look(self):
        """What changes with any change of the file, and cannot be set back; and when it was read."""
        try:
            seen = os.stat(MAIN, follow_symlinks=False)
        except OSError:
            return None
        return seen.st_ino, seen.st_ctime_ns, seen.st_atime_ns

    def is_untouched(self):
        """Whether it is as it was laid down. A write through a mapping leaves no other mark than itself."""
        if self.mark is None or self.mark != self.look() or not self.holds():
            self.mark = None
        return self.mark is not None

    def holds(self):
        return os.pread(self.descriptor, len(self.source) + 1, 0) == self.source


main_file = MainFile()


class Folder:
    """A folder that programs may write to. On a tmpfs its size tells how many entries it has."""

    def __init__(self, path):
        self.path = path
        self.tmpfs = is_tmpfs(path)
        self.clean = None

    def look(self):
        seen = os.stat(self.path)
        return seen.st_mode, seen.st_size, seen.st_mtime_ns, seen.st_atime_ns, seen.st_ctime_ns

    def wipe(self):
        """Remove what a run left; a box that cannot be wiped ends here, and the host takes a new one."""
        kept = main_file.is_untouched() if self.path == WORK else True
        if (kept or main_file.source is None) and self.tmpfs and self.look() == self.clean:
            return
        with users:
            if not users.one:
                os.chmod(self.path, 0o1777)
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if not (kept and entry.path == MAIN):
                        remove(entry)
            touch(self.path)
        self.clean = self.look()


class Session:
    """The scheduler's group that this process shares with all programs; what one makes of it would last."""

    def begin(self):
        self.file = open_first("/proc/self/autogroup")
        self.clean = self.look()

    def look(self):
        return None if self.file is None else os.pread(self.file, 64, 0)

    def is_changed(self):
        return self.look() != self.clean


session = Session()
folders = []


def prepare_folders(paths):
    folders.extend(Folder(path) for path in paths)
    wipe()


def take_away_program():
    """For one that is no file, and is not to see the one before it."""
    if main_file.source is not None:
        os.close(main_file.descriptor)
        main_file.source = main_file.descriptor = main_file.mark = None
        for folder in folders:
            folder.clean = None
        wipe()


def wipe():
    for folder in folders:
        folder.wipe()


def clean_up():
    """To be called after each run; a box that cannot be as it was ends here, and the host takes a new one."""
    wipe()
    if cgroup.is_worn() or session.is_changed():
        sys.exit("worn out")


def is_tmpfs(path):
    with open("/proc/self/mountinfo") as file:
        mounts = [line.split() for line in file]
    return any(fields[4] == path and fields[fields.index("-") + 1] == "tmpfs" for fields in mounts)


def touch(folder):
    """Give a folder the times of now."""
    if users.one:
        os.close(os.open(f"{folder}/now", os.O_CREAT | os.O_EXCL, 0o600))
        os.unlink(f"{folder}/now")
    else:
        os.utime(folder)


def remove(entry):
    if not entry.is_dir(follow_symlinks=False):
        os.unlink(entry.path)
        return
    if not users.one:
        os.chmod(entry.path, 0o700)
    with os.scandir(entry.path) as entries:
        for inner in entries:
            remove(inner)
    os.rmdir(entry.path)
