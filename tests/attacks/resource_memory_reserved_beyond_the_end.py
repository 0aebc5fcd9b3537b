# Tries: fallocate with KEEP_SIZE on its own output, which takes pages without a change of the file's size
# Must: no more memory than the limit and the box's own, although no limit of file size applies
# Status: ok|memory_limit_exceeded|runtime_error|output_limit_exceeded
# Stdout: contained
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
libc.fallocate(1, 1, 0, 300 << 20)
held = os.fstat(1).st_blocks * 512
print("contained" if held <= 192 << 20 else f"reached: {held >> 20} MB")
