# Tries: a daemon in a session of its own that writes files for ever
# Must: killed, and its files gone
# Status: ok
# Stdout: contained
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        number = 0
        while True:
            number += 1
            for folder in ("/box", "/tmp", "/dev/shm"):
                try:
                    open(f"{folder}/{number}", "w").close()
                except OSError:
                    pass
    os._exit(0)
os.wait()
print("contained")
