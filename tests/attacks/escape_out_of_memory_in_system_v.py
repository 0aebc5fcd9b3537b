# Tries: the same with shared memory that belongs to nobody: a small process, and much memory that no death gives back
# Must: a result, whichever it is
# Status: ok|memory_limit_exceeded|runtime_error
import ctypes
try:
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("0")
except OSError:
    pass
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
libc.shmdt.argtypes = [ctypes.c_void_p]
for _ in range(70):
    where = libc.shmat(libc.shmget(0, 4 << 20, 0o1600), None, 0)
    if where in (None, 2**64 - 1):
        break
    ctypes.memset(where, 1, 4 << 20)
    libc.shmdt(where)
