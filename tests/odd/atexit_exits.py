import atexit
import sys
atexit.register(print, "still run")
atexit.register(sys.exit, 5)
