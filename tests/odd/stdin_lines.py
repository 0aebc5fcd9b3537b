import sys
total = 0
for line in sys.stdin:
    total += len(line.split())
    print(repr(line))
print(total, sys.stdin.read() == "", sys.stdin.readline() == "")
