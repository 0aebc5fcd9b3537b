import sys
import traceback
def inner():
    raise ValueError("inner")
try:
    inner()
except ValueError:
    traceback.print_exc(file=sys.stdout)
    print(traceback.format_exc(limit=1))
    print(traceback.extract_tb(sys.exc_info()[2])[-1].line)
