# Tries: ignores that writing fails, and ends with status 0
# Must: too much output is no success
# Status: output_limit_exceeded
import os
for _ in range(100):
    try:
        os.write(1, b"x" * 65536)
    except OSError:
        pass
os._exit(0)
