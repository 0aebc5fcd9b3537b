# Tries: queues real-time signals until no more fit, a count that is shared by the user
# Must: gone with the process
# Status: ok|time_limit_exceeded|runtime_error
# Stdout: contained
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [40])
try:
    for _ in range(100_000):
        os.kill(os.getpid(), 40)
except OSError:
    pass
print("contained")
