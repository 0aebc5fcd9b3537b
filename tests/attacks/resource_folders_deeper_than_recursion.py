# Tries: leaves folders in its working directory so deep that whoever removes them by recursion fails
# Must: removed all the same
# Status: ok|runtime_error
# Stdout: contained
import os
try:
    for _ in range(1800):
        os.mkdir("d")
        os.chdir("d")
except OSError:
    pass
print("contained")
