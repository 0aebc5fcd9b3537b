"""What this process holds in memory, as its children inherit it: code in huge pages, no heap that it does not need.

Standard library only.

A child begins without the pages of files that its parent has mapped, and is given them again one fault at a time, some
fifty times in a small run; at its end each of them is taken away again. Memory that belongs to no file is inherited
with the rest, and two megabytes of it in a huge page are one entry in a table. So what lies in whole huge pages of the
interpreter is copied once, and the copy put in its place.
"""

import ctypes

from confine import libc

HUGE = 1 << 21
READ_WRITE, READ_RUN = 3, 5
PRIVATE_ANONYMOUS = 0x22
MOVE_TO = 3
MADV_COLLAPSE = 25
MUCH, MOST_KEPT = 1 << 18, 8 << 20


def make_code_huge():
    """Do so with all that this process runs, where the kernel can (Linux 6.1)."""
    for name in ("mmap", "mremap"):
        getattr(libc, name).restype = ctypes.c_void_p
    for begin, end in spans():
        first = -(-begin // HUGE) * HUGE
        for block in range(first, end - HUGE + 1, HUGE):
            if not replace(block):
                return


def spans():
    """Where files are mapped that hold code and cannot be written to: the first address, and that behind the last."""
    found, last = [], None
    with open("/proc/self/maps") as file:
        for line in file:
            places, rights, _, _, inode, *name = line.split(maxsplit=5)
            begin, end = (int(place, 16) for place in places.split("-"))
            if inode == "0" or rights not in ("r-xp", "r--p"):
                last = None
                continue
            if last != (begin, name):
                found.append([begin, end, False])
            found[-1][1] = end
            found[-1][2] |= rights == "r-xp"
            last = end, name
    return [(begin, end) for begin, end, runs in found if runs]


def replace(block):
    """Put a copy that is one huge page in the place of what is mapped there; False where there is none to be had."""
    size = ctypes.c_size_t(HUGE)
    room = libc.mmap(None, ctypes.c_size_t(2 * HUGE), READ_WRITE, PRIVATE_ANONYMOUS, -1, ctypes.c_long(0))
    if room in (None, ctypes.c_void_p(-1).value):
        return False
    copy = -(-room // HUGE) * HUGE
    ctypes.memmove(copy, block, HUGE)
    place = ctypes.c_void_p(copy)
    ready = not libc.madvise(place, size, MADV_COLLAPSE) and not libc.mprotect(place, size, READ_RUN)
    if ready:
        libc.mremap(place, size, size, MOVE_TO, ctypes.c_void_p(block))
    libc.munmap(ctypes.c_void_p(room), ctypes.c_size_t(2 * HUGE))
    return ready


class Heap:
    """Memory of the C library, which keeps what was freed, such as a large program's code; each fork copies it."""

    has_held_much = False

    def begin(self):
        self.peak = peak_bytes()

    def hold(self, size):
        """So many bytes are held, and things that are made of them."""
        self.has_held_much |= size > MUCH

    def is_lean(self):
        """Let the kernel have what is free; False where the peak was so high that it would pass for a program's."""
        if not self.has_held_much:
            return True
        self.has_held_much = False
        libc.malloc_trim(ctypes.c_size_t(0))
        return peak_bytes() < self.peak + MOST_KEPT


def peak_bytes():
    """The most that this process ever had, if the kernel tells; a compiled program is never seen to have had less."""
    with open("/proc/self/status") as file:
        return next((int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM:")), 0)


heap = Heap()
