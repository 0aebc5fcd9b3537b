import inspect
import sys
def function():
    return "my own source"
class Thing:
    pass
print(inspect.getsource(function))
print(inspect.getsource(sys.modules["__main__"]) == open(__file__).read())
print(inspect.getfile(Thing), inspect.getsourcelines(Thing), inspect.getmodule(function).__name__)
