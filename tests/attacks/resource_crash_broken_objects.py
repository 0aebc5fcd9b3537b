# Tries: overwrites None, True and the type of types, which the runner shares copy on write
# Must: ended by a signal, the runner's own are as before
# Status: runtime_error
import ctypes
for thing in (None, True, type, int, str):
    ctypes.memset(id(thing), 0x41, 64)
