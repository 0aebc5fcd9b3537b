# Tries: sleeps itself and lets children burn the CPU time
# Must: the sum over all processes counts
# Status: time_limit_exceeded
# Limits: cpu_s=0.3 wall_s=4
import os, time
for _ in range(3):
    if os.fork() == 0:
        while True:
            pass
time.sleep(30)
