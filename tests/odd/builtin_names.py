import builtins
print(sorted(dir(builtins)))
print(exit, quit, help, copyright, sep="\n")
