# Tries: runs byte code that makes no sense
# Must: whatever happens, in this process alone
# Status: runtime_error|ok|time_limit_exceeded|memory_limit_exceeded
def f():
    return 1
f.__code__ = f.__code__.replace(co_code=bytes([100, 255]) * 50 + bytes([83, 0]))
f()
