import sys
import types
print("before")
sys.modules["__main__"] = types.ModuleType("other")
kept = open("out.txt", "w")
raise ValueError("from a replaced module")
