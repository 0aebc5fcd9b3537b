# Tries: confines PID 1, and all programs to come, to one core
# Must: the next program has the usual ones
# Status: ok
# Stdout: contained
import os
try:
    os.sched_setaffinity(1, {min(os.sched_getaffinity(1))})
except OSError:
    pass
print("contained")
