import io, sys
sys.stderr = io.TextIOWrapper(sys.stderr.detach(), encoding="utf-8")
print("to stderr", file=sys.stderr)
print("x")
