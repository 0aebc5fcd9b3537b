import sys
for name in ("program", "values", "runner", "codegym"):
    try:
        __import__(name)
        print(name, "is there")
    except ModuleNotFoundError as error:
        print(error)
print([name for name in ("program", "values", "runner", "main") if name in sys.modules])
