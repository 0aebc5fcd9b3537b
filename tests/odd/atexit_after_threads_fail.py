import atexit, threading
atexit.register(print, "at exit")
def fail():
    raise ValueError("no waiting")
threading._shutdown = fail
print("x")
