# Tries: plain endless recursion
# Must: a RecursionError and no more
# Status: runtime_error
def f(n):
    return f(n + 1)
f(0)
