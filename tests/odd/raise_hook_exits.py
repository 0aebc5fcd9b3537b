import sys
sys.excepthook = lambda *exception: sys.exit(9)
raise ValueError("original")
