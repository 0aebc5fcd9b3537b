import sys
sys.stderr.close()
print("out")
raise ValueError("not shown")
