# Tries: takes the right to allocate memory from PID 1 while it watches
# Must: a result, and a box with the usual limits for the next program
# Status: ok
# Stdout: contained
import resource, time
for number in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_STACK):
    try:
        resource.prlimit(1, number, (0, 0))
    except OSError:
        pass
time.sleep(0.8)
print("contained")
