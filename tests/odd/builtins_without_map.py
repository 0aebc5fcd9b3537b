import builtins
print("before")
del builtins.map
