# Tries: reads before, beyond and behind its input and its outputs
# Must: its own input and nothing else
# Status: ok
# Stdout: contained
import os
size = os.fstat(0).st_size
if os.pread(0, 1 << 20, size) or os.pread(1, 1 << 20, 0) or os.pread(2, 1 << 20, 0):
    print("reached: more than the input")
if os.pread(0, 1 << 20, 0).count(b"\n") > 1:
    print("reached: another input")
for name in os.listdir("/proc/self/fdinfo"):
    if int(name) > 3:
        print("reached: descriptor", name)
print("contained")
