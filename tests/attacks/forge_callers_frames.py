# Tries: walks up to the runner's frames and changes status, limits and sizes there
# Must: those are copies
# Status: ok
# Stdout: contained
import ctypes, sys
frame = sys._getframe()
while frame:
    for name in list(frame.f_locals):
        if name in ("status", "exit_code", "limits", "output", "memory", "inputs", "size", "magic", "cpu_s", "wall_s"):
            frame.f_locals[name] = 0
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    frame = frame.f_back
print("contained")
