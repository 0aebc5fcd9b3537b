# Tries: a child traces the main process, which ends: only the tracer may reap it then, and it never does
# Must: the runner does not wait for it
# Status: ok
# Stdout: contained
import ctypes, os, time
libc = ctypes.CDLL(None)
me = os.getpid()
reading, writing = os.pipe()
if os.fork() == 0:
    libc.ptrace(0x4206, me, 0, 0)
    os.write(writing, b"x")
    time.sleep(3600)
os.read(reading, 1)
os.write(1, b"contained\n")
os._exit(0)
