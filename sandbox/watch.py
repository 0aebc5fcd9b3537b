"""What a run uses while it goes on: CPU time and memory of all its processes together. Standard library only."""

import math
import os
import stat
import time
from itertools import islice

from confine import users
from core import waited_s
from pace import EVERY_S, pace
from stream import MEMORY, RUNTIME, TIME

WORK = os.getcwd()
SCRATCH = ("/tmp", "/dev/shm")
MOST_FILES = 16_384
FIRST_LOOK_S = 0.02
CORES = os.cpu_count() or 1
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
SET_UP_S = 0.05
"""CPU seconds after which a run's first process has opened itself to being looked at, as all that it starts is."""
MOST_LEFT_BYTES = 16 << 20
"""Of memory that may still be charged for once a run is over, a sixth of the room that the box has for itself."""


def open_first(*paths):
    """A descriptor of the first of some files that can be read, or None."""
    for path in paths:
        try:
            return os.open(path, os.O_RDONLY)
        except OSError:
            continue
    return None


def mapped_bytes():
    """Private writable memory, address space and resident memory of this process, which its children inherit."""
    space, now, _, _, _, data, _ = (int(word) * PAGE for word in read("self", "statm").split())
    return data, space, now


class Cgroup:
    """What the kernel counts for the whole box, where it has a cgroup of its own."""

    killed = False
    """For memory, since the last look at what is charged for."""

    def begin(self):
        self.usage = open_first("/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpuacct/cpuacct.usage")
        self.events = open_first("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
        self.charge = open_first("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes")
        self.at_first = self.charged_bytes()
        self.seen = b""
        self.killed_for_memory()
        self.killed = False

    def cpu_s(self):
        """CPU seconds since the box began."""
        text = os.pread(self.usage, 4096, 0)
        if text.startswith(b"usage_usec "):
            return int(text.split()[1]) / 1e6
        return int(text) / 1e9

    def charged_bytes(self):
        return math.inf if self.charge is None else int(os.pread(self.charge, 4096, 0))

    def is_worn(self):
        """Whether memory of what the kernel killed is still charged for, or cannot be seen not to be."""
        killed, self.killed = self.killed, False
        return killed and self.charged_bytes() >= self.at_first + MOST_LEFT_BYTES

    def killed_for_memory(self):
        """Whether the kernel has killed for memory since the last call."""
        if self.events is None:
            return False
        before, self.seen = self.seen, os.pread(self.events, 4096, 0)
        killed = self.seen != before and self.kills(self.seen) > self.kills(before)
        self.killed |= killed
        return killed

    def kills(self, text):
        return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(b"oom_kill "))


cgroup = Cgroup()


class Watch:
    """One run, looked at now and then.

    A cgroup counts CPU time to the nanosecond, and its memory the kernel bounds. Elsewhere the processes are looked
    at one by one; of those that come and go between two looks, and that nobody waits for, the time is not seen.

    CPU time counts at the machine's best pace, see ``pace.py``; time by the clock without what was spent waiting for
    a core, up to as much again as the limit.
    """

    def __init__(self, pid, limits, files, started):
        self.pid = pid
        self.limits = limits
        self.files = files
        self.started = started
        self.began = None
        self.weighed = 0.0
        self.weighed_s = 0.0
        self.slowdown = 1.0
        self.own = {}
        self.cpu_s = 0.0
        self.memory = 0
        self.out_of_bounds = False

    def verdict(self):
        """The status of a run that has used up what it may; None where it has not."""
        if not self.left_s() or self.used_s(self.cpu_s) > self.limits.cpu_s:
            return TIME
        if self.memory > self.limits.memory:
            return MEMORY
        return RUNTIME if self.out_of_bounds else None

    def left_s(self):
        """Seconds by the clock that are left; never less than none, for to ``poll`` that would mean for ever."""
        left = self.started + self.limits.wall_s - time.monotonic()
        return left if left > 0 else max(left + min(waited_s(self.pid), self.limits.wall_s), 0)

    def used_s(self, cpu_s):
        """What so many CPU seconds would have been at the machine's best pace."""
        return self.weighed + (cpu_s - self.weighed_s) / self.slowdown

    def pause_s(self):
        """For how long not to look. All cores together cannot use up the rest sooner."""
        if not self.limits.by_cgroup:
            return FIRST_LOOK_S
        rest = (self.limits.cpu_s - self.used_s(self.cpu_s)) / CORES
        return max(min(rest, EVERY_S), FIRST_LOOK_S)

    def look(self):
        """Take note of what it uses."""
        self.count()
        fresh = self.cpu_s - self.weighed_s
        if self.cpu_s > self.limits.cpu_s / 4 and fresh > min(EVERY_S, self.limits.cpu_s / 8):
            self.slowdown = pace.slowdown(self.pid)
            self.weighed += fresh / self.slowdown
            self.weighed_s = self.cpu_s

    def count(self):
        if self.limits.by_cgroup and cgroup.usage is not None:
            now = cgroup.cpu_s()
            if self.began is None:
                self.began = now
            self.cpu_s = now - self.began
        else:
            self.look_at_each()

    def look_at_each(self):
        with users:
            self.look_as_program()
            if "scratch" in self.limits.options:
                self.out_of_bounds |= size_of(WORK) > self.limits.options["scratch"]
            else:
                self.out_of_bounds |= any(map(is_crowded, (WORK, *SCRATCH)))

    def look_as_program(self):
        cpu_s, space, given = 0.0, 0, {os.fstat(file).st_ino for file in self.files}
        most = self.limits.options["processes"]
        found = list(islice(processes(), most + 1))
        if len(found) > most:
            self.out_of_bounds = True
            return
        held, places = {}, []
        self.threads = 0
        for pid in found:
            place = pid
            try:
                cpu_s += self.cpu_of(pid)
                places.append(place := living(pid))
                space += max(0, resident(place) - self.limits.options["base"][2])
                held.update((key, size) for key, size in files_in_memory(place) if key[1] not in given)
            except PermissionError:
                self.out_of_bounds |= (pid != str(self.pid) or cpu_s > SET_UP_S) and hides(place)
            except OSError:
                continue
        self.out_of_bounds |= self.threads > most
        self.cpu_s = max(cpu_s, sum(self.own.values()))
        self.memory = space + sum(held.values())
        if self.memory > self.limits.memory:  # perhaps counted twice, for processes share memory with their parents
            shares = sum(map(share, places)) - self.limits.options["base"][2]
            self.memory = max(0, shares) + sum(held.values())

    def cpu_of(self, pid):
        """CPU seconds of a process and of the children that it waited for."""
        fields = read(pid, "stat").rpartition(b")")[2].split()
        self.threads += int(fields[17])
        user, system, *waited_for = (int(field) / TICKS for field in fields[11:15])
        try:
            precise = int(read(pid, "schedstat").split()[0]) / 1e9  # of its first thread
        except OSError:
            precise = 0.0
        own = self.own[pid, fields[19]] = max(user + system, precise)
        return own + sum(waited_for)


def processes():
    """The processes of the run."""
    if os.getpid() == 1:
        return [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    return below(str(os.getpid()))


def below(pid):
    """The processes that descend from one; for a box without a namespace of its own."""
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in read(pid, f"task/{task}/children").split():
                yield child.decode()
                yield from below(child.decode())
    except OSError:
        return


def read(pid, name):
    with open(f"/proc/{pid}/{name}", "rb") as file:
        return file.read()


def living(pid):
    """Where to look at a process: at its first thread, or at another if that one has ended while others go on."""
    if resident(pid):
        return pid
    places = (f"{pid}/task/{thread}" for thread in os.listdir(f"/proc/{pid}/task"))
    return next(filter(resident, places), pid)


def hides(place):
    """Whether a process that cannot be looked at has memory still; one that is ending has none."""
    try:
        return resident(place) > 0
    except OSError:
        return False


def resident(pid):
    """Resident memory in bytes."""
    return int(read(pid, "statm").split()[1]) * PAGE


def share(pid):
    """Private memory in bytes, and its share of what it has in common with others."""
    try:
        lines = read(pid, "smaps_rollup").splitlines()
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith((b"Pss_Anon:", b"Pss_Shmem:")))
    except OSError:
        try:
            return resident(pid)
        except OSError:
            return 0


def size_of(folder):
    """Bytes of the files beneath a folder, for where it has no size of its own; one more file counts for a page.

    A folder that cannot be looked into, such as one too deep, counts for more than there may be.
    """
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                total += PAGE + entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    total += size_of(entry.path)
    except FileNotFoundError:
        pass  # gone meanwhile
    except OSError:
        return math.inf
    return total


def is_crowded(folder):
    """Whether there are more files than a box may have, on a tmpfs that sets them no bound of its own."""
    try:
        seen = os.statvfs(folder)
    except OSError:
        return False
    return seen.f_files - seen.f_ffree > MOST_FILES


def files_in_memory(pid):
    """Files without a name that a process holds open, which are nowhere but in memory."""
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            seen = os.stat(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue
        if stat.S_ISREG(seen.st_mode) and not seen.st_nlink:
            yield (seen.st_dev, seen.st_ino), seen.st_blocks << 9
