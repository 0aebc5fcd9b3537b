# Tries: the same on the error stream, by descriptor
# Must: ended, and no more kept than the limit
# Status: output_limit_exceeded
import os
while True:
    os.write(2, b"x" * 65536)
