# Tries: kills all that it can reach
# Must: there is nobody else
# Status: ok
# Stdout: contained
import os, signal
for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
    try:
        os.kill(-1, number)
    except OSError:
        pass
print("contained")
