import builtins
import sys
print("before")
builtins.isinstance = builtins.getattr = builtins.len = builtins.open = builtins.type = builtins.list = None
sys.exit(3)
