import atexit
atexit.register(print, "still run")
@atexit.register
def bad():
    raise ValueError("in atexit")
