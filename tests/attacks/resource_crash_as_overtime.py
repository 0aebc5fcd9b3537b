# Tries: ends by the signal that says CPU time is up
# Must: a failure of one kind or the other
# Status: time_limit_exceeded|runtime_error
import os, signal
os.kill(os.getpid(), signal.SIGXCPU)
