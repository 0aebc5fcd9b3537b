# Tries: fills the kernel's memory with empty folders
# Must: there are not so many
# Status: ok|runtime_error
# Stdout: contained
import os
os.chdir("/tmp" if os.access("/tmp", os.W_OK) else os.getcwd())
made = 0
try:
    for number in range(400_000):
        os.mkdir(str(number))
        made += 1
except OSError:
    pass
print("reached:" if made > 300_000 else "contained")
