import sys
import traceback
def inner():
    traceback.print_stack(file=sys.stdout)
    return len(traceback.extract_stack())
print(inner())
