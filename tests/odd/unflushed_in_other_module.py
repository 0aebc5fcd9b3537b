import math
import os
math.kept = os.fdopen(os.dup(1), "w")
math.kept.write("flushed with another module\n")
print("printed")
