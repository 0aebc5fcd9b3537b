import functools
import sys
sys.setrecursionlimit(10_000)
@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(2000) % 10**9)
