import atexit
@atexit.register
def first():
    print("registered first, run last")
atexit.register(print, "run", "first", sep="-")
atexit.register(lambda: atexit.register(print, "registered late"))
print("main ends")
