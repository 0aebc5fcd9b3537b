# Tries: every signal there is, to PID 1, by kill, tgkill, sigqueue and a pidfd
# Must: PID 1 takes none
# Status: ok
# Stdout: contained
import ctypes, os, signal
libc = ctypes.CDLL(None)
handle = os.pidfd_open(1)
for number in range(1, 65):
    libc.kill(1, number)
    libc.syscall(234, 1, 1, number)
    libc.sigqueue(1, number, None)
    libc.syscall(424, handle, number, None, 0)
print("contained")
