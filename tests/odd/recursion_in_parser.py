try:
    eval("(" * 300 + ")" * 300)
except Exception as error:
    print(type(error).__name__, error)
try:
    print(eval("+".join(["1"] * 2900)))
except RecursionError as error:
    print(error)
