# Tries: two processes that replace each other faster than anybody can kill one by one
# Must: all are killed at once
# Status: ok
# Stdout: contained
import os
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        while True:
            try:
                if os.fork():
                    os._exit(0)
            except OSError:
                pass
print("contained")
