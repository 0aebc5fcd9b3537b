# Tries: tells the next run something by when it gives a folder the mode that it has
# Must: that is wiped too
# Status: ok
# Stdout: contained
import os, time
folder = os.getcwd() if not os.access("/tmp", os.W_OK) else "/tmp"
seen = os.stat(folder)
late = seen.st_ctime_ns - seen.st_mtime_ns > 10**7
time.sleep(0.03)
try:
    os.chmod(folder, seen.st_mode & 0o7777)
except PermissionError:
    pass
print("reached:" if late else "contained")
