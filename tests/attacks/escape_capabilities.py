# Tries: gives itself capabilities, ambient ones too, and takes no_new_privs back
# Must: it has none
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[2**32 - 1] * 6)
if libc.syscall(126, header, data) == 0:
    print("reached: capset")
for number in range(41):
    if libc.prctl(47, 2, number, 0, 0) == 0:
        print("reached: ambient", number)
libc.prctl(38, 0, 0, 0, 0)
libc.prctl(28, 0xFF, 0, 0, 0)
status = open("/proc/self/status").read()
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    if f"{name}:\t0000000000000000" not in status:
        print("reached:", name)
if "NoNewPrivs:\t1" not in status:
    print("reached: new privileges")
print("contained")
