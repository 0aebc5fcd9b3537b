# Tries: loads a BPF program and makes a map
# Must: refused
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
code = (ctypes.c_uint64 * 2)(0x00000000000000B7, 0x0000000000000095)
license = ctypes.create_string_buffer(b"GPL")
for kind in (1, 2, 5, 8, 13):
    load = (ctypes.c_uint64 * 16)(kind | 2 << 32, ctypes.addressof(code), ctypes.addressof(license))
    if libc.syscall(321, 5, load, 128) >= 0:
        print("reached: program of type", kind)
if libc.syscall(321, 0, (ctypes.c_uint32 * 20)(2, 4, 8, 1), 80) >= 0:
    print("reached: a map")
print("contained")
