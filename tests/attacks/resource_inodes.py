# Tries: makes very many empty files
# Must: they are bounded or gone soon
# Status: ok|time_limit_exceeded|runtime_error
# Stdout: contained
import os
try:
    for number in range(20_000):
        os.mknod(f"/tmp/{number}")
except OSError:
    pass
print("contained")
