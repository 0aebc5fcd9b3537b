import sys
def hook(kind, error, frames):
    print("hook", kind.__name__, error, frames.tb_lineno, frames.tb_frame.f_code.co_name)
sys.excepthook = hook
raise ValueError("hooked")
