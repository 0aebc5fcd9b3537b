import sys
sys.stderr = sys.stdout
print("out")
raise ValueError("shown on stdout")
