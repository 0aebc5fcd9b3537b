# Tries: sleeps, using no CPU time
# Must: the clock is a backstop
# Status: time_limit_exceeded
# Limits: wall_s=0.4
import time
time.sleep(3600)
