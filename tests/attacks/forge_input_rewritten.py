# Tries: writes another input over its own, for which it knows the answer
# Must: the host has its own
# Status: ok
import os
for path in (0, "/proc/self/fd/0"):
    try:
        with open(path, "r+b", buffering=0, closefd=False) as file:
            file.seek(0)
            file.truncate()
            file.write(b"0\n")
    except (OSError, ValueError):
        pass
print("no")
