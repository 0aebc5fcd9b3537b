# Tries: a CPU limit of no seconds for PID 1, at which the kernel itself sends it SIGKILL
# Must: a result, and a box with the usual limits for the next program
# Status: ok
# Stdout: contained
import resource, time
for number in (resource.RLIMIT_CPU, resource.RLIMIT_RTTIME):
    try:
        resource.prlimit(1, number, (0, 0))
    except OSError:
        pass
time.sleep(0.8)
print("contained")
