import io, sys
reader = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8")
print(repr(reader.readline()))
reader.detach()
