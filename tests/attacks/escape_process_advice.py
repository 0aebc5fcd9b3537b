# Tries: pages out, moves or reaps the memory of PID 1, looks at its robust list, compares its resources
# Must: refused
# Status: ok
# Stdout: contained
import ctypes, os
libc = ctypes.CDLL(None)
handle = os.pidfd_open(1)
vector = (ctypes.c_uint64 * 2)(id(None) & ~4095, 4096)
room = (ctypes.c_uint64 * 4)()
pages, nodes, states = (ctypes.c_uint64 * 1)(id(None) & ~4095), (ctypes.c_int * 1)(0), (ctypes.c_int * 1)()
for name, result in (
    ("process_madvise", libc.syscall(440, handle, vector, 1, 21, 0)),
    ("process_mrelease", libc.syscall(448, handle, 0)),
    ("move_pages", libc.syscall(279, 1, 1, pages, nodes, states, 2)),
    ("get_robust_list", libc.syscall(274, 1, room, room)),
    ("kcmp", libc.syscall(312, os.getpid(), 1, 0, 0, 0)),
    ("sched_core", libc.prctl(62, 2, 1, 0, 0)),
):
    if result >= 0:
        print("reached:", name)
print("contained")
