# Tries: measures PID 1 and whole cores
# Must: refused
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
for kind, config in ((1, 0), (0, 0), (1, 9), (2, 1)):
    wanted = (ctypes.c_uint32 * 32)(kind, 128, config, 0)
    for pid, core in ((1, -1), (-1, 0)):
        if libc.syscall(298, wanted, pid, core, -1, 0) >= 0:
            print("reached:", pid, kind)
print("contained")
