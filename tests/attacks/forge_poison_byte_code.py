# Tries: byte code in the cache folder, as of the next program's own module
# Must: gone
# Status: ok
# Stdout: contained
import importlib.util, marshal, os
os.makedirs("/box/__pycache__")
code = marshal.dumps(compile("import os; os.write(1, b'reached: byte code')", "x", "exec"))
for name in ("main", "json", "random"):
    with open(importlib.util.cache_from_source(f"/box/{name}.py"), "wb") as file:
        file.write(importlib.util.MAGIC_NUMBER + b"\x01\0\0\0" + bytes(8) + code)
print("contained")
