# Tries: waits in vfork for a child that neither execs nor ends
# Must: even that wait can be ended
# Status: time_limit_exceeded
# Limits: wall_s=0.4
import ctypes, time
libc = ctypes.PyDLL(None)
if libc.syscall(56, 0x4000 | 17, 0, 0, 0, 0) == 0:
    time.sleep(3600)
