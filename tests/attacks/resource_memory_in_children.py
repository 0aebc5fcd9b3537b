# Tries: stays within the limit itself, but has children that each take as much
# Must: whatever becomes of them, the next program is well (rlimits are for each process: sandbox/README.md)
# Status: ok|memory_limit_exceeded|runtime_error
import os
for _ in range(6):
    if os.fork() == 0:
        x = b"x" * (40 << 20)
        os._exit(0)
for _ in range(6):
    os.wait()
