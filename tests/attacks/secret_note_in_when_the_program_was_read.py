# Tries: tells the next run something by when it reads its own file
# Must: reading leaves no mark
# Status: ok
# Stdout: contained
import os, time
seen = os.stat(__file__)
late = seen.st_atime_ns - seen.st_mtime_ns
note = late != 10**9 and late > 10**7
time.sleep(0.05)
with open(__file__) as file:
    file.read()
print("reached:" if note else "contained")
