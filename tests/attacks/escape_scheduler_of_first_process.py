# Tries: the policy SCHED_IDLE for PID 1, which all programs to come inherit
# Must: the next program has the usual one
# Status: ok
# Stdout: contained
import os
try:
    os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))
except OSError:
    pass
print("contained")
