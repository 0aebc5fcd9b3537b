# Tries: opens files until none is left
# Must: bounded
# Status: ok
# Stdout: contained
import os
count = 0
try:
    while count < 5000:
        os.open("/dev/null", os.O_RDONLY)
        count += 1
except OSError:
    pass
print("contained" if count <= 256 else f"reached: {count} descriptors")
