import os
print("lost")
os.close(1)
raise ValueError("the exit code is that of the lost output")
