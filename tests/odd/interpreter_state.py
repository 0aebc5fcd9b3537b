import gc
import sys
print(gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.garbage, gc.callbacks)
print(sys.gettrace(), sys.getprofile(), sys.getswitchinterval(), sys.exc_info(), hasattr(sys, "last_value"))
print(sys.implementation.name, sys.version_info[:2], sys.byteorder, sys.maxsize, hasattr(sys, "ps1"))
print(sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__, sys.stdout is sys.__stdout__)
print(sys.get_asyncgen_hooks(), sys.get_coroutine_origin_tracking_depth(), len(sys.path_hooks))
