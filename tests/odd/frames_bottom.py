import inspect
import sys
print(sys._getframe().f_back, len(inspect.stack()))
try:
    sys._getframe(1)
except ValueError as error:
    print(error)
