# Tries: new namespaces of every kind, in which it would be root
# Must: refused
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
kinds = {0x10000000: "user", 0x20000: "mount", 0x20000000: "pid", 0x40000000: "net", 0x8000000: "ipc", 0x4000000: "uts", 0x2000000: "cgroup", 0x80: "time"}
for flag, name in kinds.items():
    if libc.unshare(flag) == 0:
        print("reached:", name)
print("contained")
