# Tries: one line of 100 MB
# Must: not more than the limits of memory and output
# Status: output_limit_exceeded|memory_limit_exceeded
import os
for _ in range(1600):
    os.write(1, b"x" * 65536)
