# Tries: kills its process group, in the hope that the runner is in it
# Must: it is alone
# Status: runtime_error
import os, signal
os.kill(0, signal.SIGKILL)
