# Tries: fills pipes of the greatest size
# Must: no more memory than the limit and the box's own
# Status: ok|memory_limit_exceeded|runtime_error
# Stdout: contained
import fcntl, os
held = 0
try:
    while True:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            fcntl.fcntl(writing, 1031, 1 << 20)
        except OSError:
            pass
        try:
            while True:
                held += os.write(writing, b"x" * 65536)
        except BlockingIOError:
            pass
except OSError:
    pass
print("contained" if held <= 192 << 20 else f"reached: {held >> 20} MB")
