# Tries: patches what the next program will use, in the interpreter that it shares pages with
# Must: its own copy alone
# Status: ok
# Stdout: contained
import builtins, ctypes, json, os, sys
out = os.write
ctypes.memmove(id(7) + 24, id(8) + 24, 4)
sys.modules["json"] = sys.modules["os"] = sys.modules["sys"] = None
json.dumps = json.loads = lambda *a, **k: "reached"
builtins.print = builtins.int = builtins.open = lambda *a, **k: None
sys.path[:] = []
out(1, b"contained\n")
