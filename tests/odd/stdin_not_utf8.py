import sys
text = sys.stdin.read()
print(sys.stdin.errors, ascii(text))
print(text)
