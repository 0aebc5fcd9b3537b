import sys
first = sys.stdin.read()
print(sys.stdin.seekable(), sys.stdin.seek(0), sys.stdin.read() == first)
print(sys.stdin.buffer.seek(2), sys.stdin.buffer.tell())
