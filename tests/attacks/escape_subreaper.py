# Tries: becomes the one to whom orphans go, and leaves a tree of them
# Must: the tree is killed
# Status: ok
# Stdout: contained
import ctypes, os, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
for _ in range(3):
    if os.fork() == 0:
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                time.sleep(3600)
        os._exit(0)
print("contained")
