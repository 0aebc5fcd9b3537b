# Tries: attaches to PID 1 as a debugger
# Must: refused
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
for request in (16, 0x4206):
    if libc.ptrace(request, 1, 0, 0) == 0:
        print("reached: PID 1 by request", request)
print("contained")
