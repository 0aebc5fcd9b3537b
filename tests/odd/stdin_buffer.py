import sys
data = sys.stdin.buffer.read()
sys.stdout.buffer.write(data[::-1])
sys.stdout.write("text after bytes")
