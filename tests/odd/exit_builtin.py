import sys
print("out")
try:
    exit(4)
finally:
    print(sys.stdin.closed)
