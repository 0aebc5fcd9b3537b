# Tries: ends the process with status 0 from a thread, in the middle of an exception
# Must: no success without an output
# Status: ok
import os, threading
threading.Timer(0.02, os._exit, (0,)).start()
try:
    raise ValueError
finally:
    while True:
        pass
