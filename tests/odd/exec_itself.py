import os
import sys
if len(sys.argv) == 1:
    print("first", flush=True)
    os.execv(sys.executable, [sys.executable, __file__, "again"])
print("second", sys.argv[1:], os.path.basename(__file__), sys.stdin.read())
