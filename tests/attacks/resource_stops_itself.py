# Tries: stops itself with SIGSTOP, so that it neither runs nor ends
# Must: the clock is a backstop
# Status: time_limit_exceeded
# Limits: wall_s=0.4
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
