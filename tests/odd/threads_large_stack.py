import sys, threading
def solve():
    def deep(n):
        return n and 1 + deep(n - 1)
    print(deep(50_000))
sys.setrecursionlimit(10**6)
threading.stack_size(1 << 27)
thread = threading.Thread(target=solve)
thread.start()
thread.join()
