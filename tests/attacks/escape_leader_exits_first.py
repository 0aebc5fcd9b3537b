# Tries: ends its first thread; another thread answers and ends the process later
# Must: the process lasts until its last thread
# Status: ok
# Stdout: contained
import ctypes, os, threading, time
def later():
    time.sleep(0.1)
    os.write(1, b"contained\n")
    os._exit(0)
threading.Thread(target=later).start()
ctypes.CDLL(None).syscall(60, 0)
