import sys
first = open(0, closefd=False).readline()
print(repr(first), repr(sys.stdin.read()))
