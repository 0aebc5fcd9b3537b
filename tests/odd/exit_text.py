import sys
print("out")
sys.exit("text for stderr")
