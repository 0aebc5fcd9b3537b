import sys
import threading
sys.setrecursionlimit(10**6)
threading.stack_size(256 << 20)
def depth(n, key=None):
    return 0 if n == 0 else max([n - 1], key=lambda m: 1) - n + 2 + depth(n - 1)
def main():
    print(depth(60_000))
thread = threading.Thread(target=main)
thread.start()
thread.join()
