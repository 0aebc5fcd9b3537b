import contextlib
@contextlib.contextmanager
def room():
    print("in")
    try:
        yield
    finally:
        print("out")
left = room()
left.__enter__()
stack = contextlib.ExitStack()
stack.enter_context(room())
