import sys
print("caf\u00e9 \udcff \ud800", file=sys.stderr)
