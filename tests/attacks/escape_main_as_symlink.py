# Tries: puts links to the runner's files, to devices and to folders where the runner writes and wipes
# Must: never followed
# Status: ok
# Stdout: contained
import os
os.unlink("/box/main.py")
os.symlink("/opt/codegym/runner.py", "/box/main.py")
for name, target in (("a", "/opt/codegym"), ("b", "/dev/null"), ("c", "/proc/1/root"), ("d", ".."), ("e", "/usr")):
    for folder in ("/box", "/tmp", "/dev/shm"):
        os.symlink(target, f"{folder}/{name}")
print("contained")
