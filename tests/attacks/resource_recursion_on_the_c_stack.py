# Tries: runs over the end of the C stack
# Must: a crash of this process alone
# Status: runtime_error
import sys
sys.setrecursionlimit(2**31 - 1)
class A:
    def __repr__(self):
        return repr([self])
repr(A())
