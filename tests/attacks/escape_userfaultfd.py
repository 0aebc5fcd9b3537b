# Tries: a descriptor that halts the kernel itself at a page fault
# Must: refused, or for its own faults alone
# Status: ok
# Stdout: contained
import ctypes, os
if ctypes.CDLL(None).syscall(323, 0) >= 0:
    print("reached: faults of the kernel")
try:
    os.open("/dev/userfaultfd", os.O_RDWR)
    print("reached: the device")
except OSError:
    pass
print("contained")
