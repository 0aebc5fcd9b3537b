# Tries: takes the right to open files from PID 1 while it watches (same user, so the kernel lets it)
# Must: a verdict (whoever blinds PID 1 is out of time), and a box with the usual limits for the next program
# Status: time_limit_exceeded|ok
import resource, time
try:
    resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0))
except OSError:
    pass
time.sleep(0.8)
print("contained")
