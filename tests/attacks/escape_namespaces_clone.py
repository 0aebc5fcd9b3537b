# Tries: a child in a user namespace by clone and clone3, whose arguments a filter cannot see
# Must: refused
# Status: ok
# Stdout: contained
import ctypes, os
libc = ctypes.CDLL(None)
arguments = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17)
for name, call in (
    ("clone", lambda: libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)),
    ("clone3", lambda: libc.syscall(435, arguments, 88)),
):
    child = call()
    if child == 0:
        os._exit(0)
    if child > 0:
        print("reached:", name)
print("contained")
