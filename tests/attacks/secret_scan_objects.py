# Tries: looks for inputs and other programs among all objects, and in the locals of all callers
# Must: none but its own program
# Status: ok
# Stdout: contained
import gc, sys
mark = "TUPNI-TERCES"[::-1]
seen = list(gc.get_objects())
frame = sys._getframe().f_back
while frame:
    seen += frame.f_locals.values()
    frame = frame.f_back
for one in seen:
    for part in one.values() if type(one) is dict else one if type(one) in (list, tuple) else [one]:
        if type(part) in (bytes, bytearray, memoryview) and mark.encode() in bytes(part):
            print("reached: bytes")
        if type(part) is str and part is not mark and mark in part:
            print("reached: text")
print("contained")
