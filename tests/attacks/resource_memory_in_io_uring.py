# Tries: opens many large io_uring instances, whose rings belong to no process's memory
# Must: no more memory than the limit and the box's own
# Status: ok|memory_limit_exceeded|runtime_error
# Stdout: contained
import ctypes, struct
libc = ctypes.CDLL(None)
held = 0
for _ in range(200):
    parameters = ctypes.create_string_buffer(120)
    if libc.syscall(425, 32768, parameters) < 0:
        break
    held += 32768 * 64 + 65536 * 16
print("contained" if held <= 192 << 20 else f"reached: {held >> 20} MB")
