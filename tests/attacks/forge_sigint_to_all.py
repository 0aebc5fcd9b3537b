# Tries: a real Ctrl-C, to the runner too
# Must: a failure of the program, not of codegym
# Status: runtime_error
import os, signal, time
os.kill(1, signal.SIGINT)
os.kill(os.getpid(), signal.SIGINT)
time.sleep(1)
