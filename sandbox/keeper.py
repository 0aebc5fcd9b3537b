"""Running one child to its end, and putting everything back behind it. Standard library only.

A fork costs by what this process holds, so it holds little; what can be seen not to have changed is not done again.
"""

import os
import resource
import select
import signal
import sys
import time

from program import DESCRIPTORS, MAIN, OUT_OF_MEMORY, WORK, child, libc, marks, write_all
from stream import MEMORY, OK, OUTPUT, RUNTIME, TIME

WRITABLE = (WORK, "/tmp", "/dev/shm", "/dev/mqueue")

ipc_tables = []
"""Open files that list the objects of the IPC namespace."""


class MainFile:
    """The program as a file, where tracebacks, spawned processes and curious programs look for it.

    It is written once for a program, and again if a run changed it.
    """

    source = None
    mark = None

    def lay_down(self, source):
        if self.source is source and self.is_untouched():
            return
        descriptor = os.open(MAIN, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        write_all(descriptor, memoryview(source))
        os.close(descriptor)
        self.source, self.mark = source, self.look()

    def look(self):
        """What changes with any change of the file, and cannot be set back."""
        try:
            seen = os.stat(MAIN, follow_symlinks=False)
        except OSError:
            return None
        return seen.st_ino, seen.st_ctime_ns

    def is_untouched(self):
        """Whether it is as it was laid down. A write through a mapping leaves no other mark than itself."""
        if self.mark is None or self.mark != self.look():
            return False
        descriptor = os.open(MAIN, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            return os.pread(descriptor, len(self.source) + 1, 0) == self.source
        finally:
            os.close(descriptor)


main_file = MainFile()


class OutOfMemoryKills:
    """How often the kernel has killed for memory in this cgroup."""

    events = None
    seen = b""

    def begin(self):
        for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
            try:
                self.events = os.open(path, os.O_RDONLY)
                break
            except OSError:
                continue
        self.another()

    def another(self):
        """Whether there was one since the last call."""
        if self.events is None:
            return False
        before, self.seen = self.seen, os.pread(self.events, 4096, 0)
        return self.seen != before and self.count(self.seen) > self.count(before)

    def count(self, text):
        return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(b"oom_kill "))


oom_kills = OutOfMemoryKills()


def supervise(job, limits, files, host=None):
    """Run ``job`` in a child and clean up behind it: (status, exit code, CPU s, wall s, peak bytes)."""
    marks[:] = bytes(len(marks))
    started = time.monotonic()
    leave = os._exit  # before a program can put something else in its place
    pid = os.fork()
    if not pid:
        exit_code = 1
        try:
            exit_code = child(job, limits, files)
        finally:
            leave(exit_code)
    overtime = wait_for(pid, limits, started, host)
    if overtime:
        os.kill(pid, signal.SIGKILL)
    kill_all()  # first, for a process that traces this one would keep it from being reaped
    _, wait_status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - started
    cpu = usage.ru_utime + usage.ru_stime + kill_the_rest()
    exit_code = os.waitstatus_to_exitcode(wait_status)
    memory = usage.ru_maxrss * 1024
    files_full = any(os.fstat(file).st_size > limits.output for file in files[1:4])
    killed_for_memory = limits.by_cgroup and oom_kills.another()
    if killed_for_memory:
        limits.options["condition"] = None  # what was killed may be charged for a while yet, so this box retires
    if overtime or cpu > limits.cpu_s or exit_code == -signal.SIGXCPU:
        status = TIME
    elif memory - limits.options["base"][2] > limits.memory:
        status = MEMORY
    elif files_full:
        status = OUTPUT
    elif exit_code == 0:
        status = OK
    elif marks[OUT_OF_MEMORY] or killed_for_memory:
        status = MEMORY
    else:
        status = RUNTIME
    return status, exit_code, cpu, wall, memory


def wait_for(pid, limits, started, host):
    """Wait until ``pid`` ends; True where it used up its time first. Sleeps, never spins."""
    watch = select.poll()
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        if not was_disarmed():
            raise
        return True
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
            try:
                used = cpu_seconds_of_all()
            except OSError:
                if not was_disarmed():
                    raise
                return True
    finally:
        os.close(handle)


def was_disarmed():
    """Whether the program took this process's right to open files, so that a failure here is its doing and not ours."""
    return resource.getrlimit(resource.RLIMIT_NOFILE) != (DESCRIPTORS, DESCRIPTORS)


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
        kill_all()
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return cpu
        cpu += usage.ru_utime + usage.ru_stime


def kill_all():
    """Kill every other process of the namespace."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass


def condition():
    """What a program can change for those after it, and cannot be wiped.

    Of this process, which has the same user: limits, priority, scheduling, cores. Of the namespace: System V
    shared memory, semaphores and queues.
    """
    limits = [resource.getrlimit(number) for number in range(16)]
    objects = [os.pread(table, 4096, 0) for table in ipc_tables]
    scheduling = os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0), os.sched_getaffinity(0), disk_priority()
    return limits, scheduling, objects


def disk_priority():
    """What ioprio_get(2) says of this process, for which the standard library has no function."""
    number = {"x86_64": 252, "aarch64": 31}.get(os.uname().machine)
    return libc.syscall(number, 1, 0) if number else None


def wipe():
    """Remove what a run could leave; a box that cannot be wiped ends here, and the host takes a new one."""
    for folder in WRITABLE:
        try:
            if os.stat(folder).st_mode & 0o7777 != 0o1777:
                os.chmod(folder, 0o1777)
        except PermissionError:
            pass  # not ours, so no program can have changed it either
        for name in os.listxattr(folder):
            os.removexattr(folder, name)
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.path != MAIN or not main_file.is_untouched():
                    remove(entry)


def remove(entry):
    if not entry.is_dir(follow_symlinks=False):
        os.unlink(entry.path)
        return
    os.chmod(entry.path, 0o700)
    with os.scandir(entry.path) as entries:
        for inner in entries:
            remove(inner)
    os.rmdir(entry.path)


def mapped_bytes():
    """Private writable memory, address space and resident memory that a child inherits, in bytes."""
    with open("/proc/self/statm") as file:
        space, resident, _, _, _, data, _ = (int(word) * resource.getpagesize() for word in file.read().split())
    return data, space, resident
