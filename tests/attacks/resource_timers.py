# Tries: creates kernel timers without end
# Must: bounded, and gone with the process
# Status: ok|time_limit_exceeded
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
number = ctypes.c_int()
event = (ctypes.c_int * 16)(0, 0, 0, 1)
for _ in range(50_000):
    if libc.syscall(222, 1, event, ctypes.byref(number)):
        break
print("contained")
