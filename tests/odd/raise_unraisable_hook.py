import sys
sys.unraisablehook = lambda args: print("unraisable", args.exc_value)
class Bad:
    def __del__(self):
        raise ValueError("in del")
Bad()
