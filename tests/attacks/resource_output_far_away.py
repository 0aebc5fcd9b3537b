# Tries: writes one byte a terabyte into its output
# Must: the limit of file size holds
# Status: ok
# Stdout: contained
import os
os.lseek(1, 1 << 40, os.SEEK_SET)
try:
    os.write(1, b"x")
    print("reached: a terabyte of output")
except OSError:
    os.lseek(1, 0, os.SEEK_SET)
    print("contained")
