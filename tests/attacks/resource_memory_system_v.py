# Tries: fills System V segments one after the other and detaches them, so that they show in no process's memory
# Must: no more memory than the limit and the box's own
# Status: ok|memory_limit_exceeded|runtime_error
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
libc.shmdt.argtypes = [ctypes.c_void_p]
size, held = 16 << 20, 0
for _ in range(20):
    segment = libc.shmget(0, size, 0o1600)
    if segment < 0:
        break
    where = libc.shmat(segment, None, 0)
    if where in (None, 2**64 - 1):
        break
    ctypes.memset(where, 1, size)
    libc.shmdt(where)
    held += size
print("contained" if held <= 192 << 20 else f"reached: {held >> 20} MB")
