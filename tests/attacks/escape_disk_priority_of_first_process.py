# Tries: the idle class of disk access for PID 1, which all programs to come inherit
# Must: the next program has the usual one
# Status: ok
# Stdout: contained
import ctypes
ctypes.CDLL(None).syscall(251, 1, 1, 3 << 13)
print("contained")
