import os
print("flushed", flush=True)
os.closerange(0, 20)
