import atexit
import os
def make():
    file = os.fdopen(os.dup(1), "w")
    file.write("flushed with the closure\n")
    return lambda: file
atexit.register(make())
print("printed", flush=True)
