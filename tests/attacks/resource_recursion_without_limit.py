# Tries: endless recursion in Python frames with the interpreter's guard lifted
# Must: ends at the memory limit, by a crash or by its time
# Status: memory_limit_exceeded|runtime_error|time_limit_exceeded
import sys
sys.setrecursionlimit(2**31 - 1)
def f(n):
    return f(n + 1)
f(0)
