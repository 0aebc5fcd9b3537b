import sys
print(next(sys.stdin))
print(sys.stdin.readline())
print(input())
print(sys.stdin.read(3))
print(sys.stdin.buffer.read())
