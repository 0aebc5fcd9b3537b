# Tries: children that write and truncate the output while the runner reports it
# Must: all are dead before that
# Status: ok
# Stdout: contained
import os, time
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        time.sleep(0.05)
        while True:
            os.ftruncate(1, 0)
            os.pwrite(1, b"reached: ", 0)
os.write(1, b"contained\n")
os._exit(0)
