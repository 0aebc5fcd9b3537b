# Tries: writes to its disk in a folder that nobody may list
# Must: no more than there is, or it is ended
# Status: ok|runtime_error
# Stdout: contained
import os, time
os.mkdir("closed")
os.chdir("closed")
os.chmod(".", 0o300)
written = 0
try:
    for number in range(200):
        with open(str(number), "wb") as file:
            written += file.write(bytes(1 << 20))
except OSError:
    pass
time.sleep(0.1)
print("reached:" if written > 100 << 20 else "contained")
