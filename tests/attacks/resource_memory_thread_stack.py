# Tries: a thread with a stack of 16 GB
# Must: refused, or not more than a promise
# Status: ok|memory_limit_exceeded
# Stdout: contained
import threading
try:
    threading.stack_size(16 << 30)
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
except (RuntimeError, ValueError, MemoryError):
    pass
print("contained")
