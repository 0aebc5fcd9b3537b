# Tries: takes the right to write files and to fork from PID 1, for the next program's sake
# Must: a box with the usual limits for the next program
# Status: ok
# Stdout: contained
import resource
for number in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_MSGQUEUE, resource.RLIMIT_SIGPENDING):
    try:
        resource.prlimit(1, number, (0, 0))
    except OSError:
        pass
print("contained")
