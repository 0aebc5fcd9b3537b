# Tries: reads and writes the memory of PID 1 at an address where its own has the same thing
# Must: refused
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
buffer = ctypes.create_string_buffer(64)
local = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 64)
remote = (ctypes.c_uint64 * 2)(id(None), 64)
if libc.process_vm_readv(1, local, 1, remote, 1, 0) > 0:
    print("reached: reading")
if libc.process_vm_writev(1, local, 1, remote, 1, 0) > 0:
    print("reached: writing")
print("contained")
