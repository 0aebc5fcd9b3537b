import sys
sys.stdout.write("0123456789")
sys.stdout.flush()
print(sys.stdout.tell(), sys.stdout.seekable())
