# Tries: tells the next run something by when it reads its own file
# Must: reading leaves no mark
# Status: ok
# Stdout: contained
import os, time
before = os.stat(__file__)
time.sleep(0.02)
with open(__file__) as file:
    file.read()
after = os.stat(__file__)
note = after.st_atime_ns - before.st_atime_ns or before.st_atime_ns - before.st_mtime_ns - 10**9
print("reached:" if note else "contained")
