# Tries: takes all rights from the scratch folders
# Must: given back
# Status: ok
# Stdout: contained
import os
for folder in ("/box", "/tmp", "/dev/shm", "/dev/mqueue"):
    try:
        os.chmod(folder, 0o2000)
    except OSError:
        pass
print("contained")
