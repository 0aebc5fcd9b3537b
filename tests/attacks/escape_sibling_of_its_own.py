# Tries: a child that counts as the runner's (CLONE_PARENT), and a thread-like one that sends no signal at its end
# Must: killed and reaped like the rest
# Status: ok
# Stdout: contained
import ctypes, os, time
libc = ctypes.PyDLL(None)
for flags in (0x8000 | 17, 0x8000, 0):
    if libc.syscall(56, flags, 0, 0, 0, 0) == 0:
        time.sleep(3600)
        os._exit(0)
print("contained")
