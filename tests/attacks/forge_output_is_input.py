# Tries: reads its own output, and the other streams, for what is expected
# Must: empty
# Status: ok
# Stdout: contained
import os
for number in (1, 2):
    for path in (f"/proc/self/fd/{number}", f"/dev/fd/{number}"):
        try:
            if open(path, "rb").read():
                print("reached:", path)
        except OSError:
            pass
print("contained")
