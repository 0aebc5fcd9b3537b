import os
print("a", end="", flush=True)
os.write(1, b"b")
print("c", flush=True)
os.write(2, b"to stderr\n")
