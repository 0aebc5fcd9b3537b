# Tries: a note for the next run in the times of the scratch folders
# Must: gone
# Status: ok
# Stdout: contained
import os
for folder in ("/box", "/tmp", "/dev/shm"):
    try:
        os.utime(folder, ns=(123456789, 987654321))
    except OSError:
        pass
print("contained")
