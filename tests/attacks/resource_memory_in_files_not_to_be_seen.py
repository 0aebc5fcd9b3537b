# Tries: fills files in memory in a process that has closed itself to being looked at
# Must: it is ended for closing itself, or for the memory
# Status: runtime_error|memory_limit_exceeded
import ctypes, os, time
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
held = []
for _ in range(200):
    held.append(os.memfd_create("held"))
    os.write(held[-1], b"x" * (2 << 20))
time.sleep(2)
print("reached: 400 MB")
