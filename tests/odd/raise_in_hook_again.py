import sys
def hook(kind, error, frames):
    raise TypeError("the hook fails")
sys.excepthook = hook
raise ValueError("original")
