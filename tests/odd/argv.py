import os
import sys
print(sys.argv, sys.path[0], os.getcwd(), os.path.abspath(sys.argv[0]), os.listdir("."))
print(sys.orig_argv[-1], os.path.basename(sys.executable).startswith("python"))
