import atexit
import os
import sys
@atexit.register
def leave():
    sys.stdout.flush()
    os._exit(7)
print("out")
