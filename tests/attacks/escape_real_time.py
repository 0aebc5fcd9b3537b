# Tries: a real-time or deadline policy for itself
# Must: refused
# Status: ok
# Stdout: contained
import ctypes, os, struct
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    try:
        os.sched_setscheduler(0, policy, os.sched_param(50))
        print("reached: policy", policy)
    except OSError:
        pass
try:
    os.nice(-5)
    print("reached: a higher priority")
except OSError:
    pass
wanted = struct.pack("IIQiIQQQ", 48, 6, 0, 0, 0, 10**7, 10**8, 10**8)
if ctypes.CDLL(None).syscall(314, 0, wanted, 0) == 0:
    print("reached: a deadline")
print("contained")
