import atexit
atexit.register(print, "atexit")
class Mine(KeyboardInterrupt):
    pass
raise Mine("text")
