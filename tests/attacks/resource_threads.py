# Tries: holds as many threads as it can
# Must: threads count as processes
# Status: ok|runtime_error
# Stdout: contained
import os, sys, threading, time
threading.stack_size(64 << 10)
count = 0
try:
    while count < 500:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        count += 1
except (RuntimeError, MemoryError):
    pass
print("contained" if count < 100 else f"reached: {count} threads", flush=True)
os._exit(0)
