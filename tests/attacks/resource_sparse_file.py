# Tries: a file of a terabyte without content
# Must: the limit of file size holds
# Status: ok
# Stdout: contained
import os
try:
    with open("/tmp/x", "wb") as file:
        file.truncate(1 << 40)
    print("reached: a file of", os.stat("/tmp/x").st_size)
except OSError:
    print("contained")
