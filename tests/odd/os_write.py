import os
import sys
print("buffered")
os.write(1, b"direct\n")
sys.stdout.flush()
os.write(1, bytes(range(256)))
sys.stdout.buffer.raw.write(b"raw\n")
print("last", end="")
