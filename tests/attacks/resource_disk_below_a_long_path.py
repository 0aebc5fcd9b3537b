# Tries: writes to its disk where paths are too long for whoever sums it up
# Must: no more than there is, or it is ended
# Status: ok|runtime_error
# Stdout: contained
import os, time
for _ in range(20):
    os.mkdir("d" * 250)
    os.chdir("d" * 250)
written = 0
try:
    for number in range(200):
        with open(str(number), "wb") as file:
            written += file.write(bytes(1 << 20))
except OSError:
    pass
time.sleep(0.1)
print("reached:" if written > 100 << 20 else "contained")
