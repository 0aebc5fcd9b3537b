import os
import signal
try:
    os.kill(os.getpid(), signal.SIGINT)
    print("not reached in time")
except KeyboardInterrupt:
    print("interrupted")
