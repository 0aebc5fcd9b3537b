import sys
print(sys.stdin.tell())
sys.stdin.readline()
print(sys.stdin.tell())
