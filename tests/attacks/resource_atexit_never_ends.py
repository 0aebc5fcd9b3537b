# Tries: ends well, but a function at exit does not
# Must: time at exit counts
# Status: time_limit_exceeded
# Limits: wall_s=0.4
import atexit, time
atexit.register(time.sleep, 3600)
print("done")
