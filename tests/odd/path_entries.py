import sys
print([path for path in sys.path if "/python3" not in path], sys.path.count(sys.path[0]))
