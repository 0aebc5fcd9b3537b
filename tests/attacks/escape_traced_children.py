# Tries: children that trace each other and are stopped
# Must: killed and reaped
# Status: ok
# Stdout: contained
import ctypes, os, signal, time
libc = ctypes.CDLL(None)
for _ in range(3):
    child = os.fork()
    if child == 0:
        libc.ptrace(0, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
    elif os.fork() == 0:
        libc.ptrace(0x4206, child, 0, 0x100000)
        os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(0.05)
print("contained")
