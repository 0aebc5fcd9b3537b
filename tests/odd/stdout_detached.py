import sys
binary = sys.stdout.detach()
binary.write(b"bytes\n")
