# Tries: extended attributes on the scratch folders themselves, as a note for the next run
# Must: gone, or refused
# Status: ok
# Stdout: contained
import os
for folder in ("/box", "/tmp", "/dev/shm", "/dev/mqueue"):
    try:
        os.setxattr(folder, "user.codegym", b"the first test was: 1 2 3")
    except OSError:
        pass
print("contained")
