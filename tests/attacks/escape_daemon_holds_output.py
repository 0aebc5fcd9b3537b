# Tries: a child that keeps all descriptors open, so that no end of file ever comes
# Must: the end of the main process counts
# Status: ok
# Stdout: contained
import os, time
print("contained", flush=True)
if os.fork() == 0:
    os.setsid()
    time.sleep(3600)
os._exit(0)
