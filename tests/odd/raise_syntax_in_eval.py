try:
    eval("1 +")
except SyntaxError as error:
    print(error, error.lineno, error.offset, error.filename)
compile("a b", "other.py", "exec")
