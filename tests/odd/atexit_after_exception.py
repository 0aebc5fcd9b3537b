import atexit
import sys
@atexit.register
def look():
    print(sys.exc_info(), getattr(sys, "last_type", None), repr(getattr(sys, "last_value", None)))
raise ValueError("main")
