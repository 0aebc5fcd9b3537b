# Tries: takes a name that looks like further fields of /proc/PID/stat, to hide a spinning child's CPU time
# Must: the name is no part of the numbers
# Status: time_limit_exceeded
# Limits: cpu_s=0.3 wall_s=4
import ctypes, os, time
if os.fork() == 0:
    ctypes.CDLL(None).prctl(15, b") Z 0 0 0 0 0 0", 0, 0, 0)
    while True:
        pass
time.sleep(30)
