# Tries: fills the process table with children that nobody waits for
# Must: the dead count too, and are gone afterwards
# Status: ok|runtime_error
# Stdout: contained
import os
count = 0
try:
    while count < 500:
        if os.fork() == 0:
            os._exit(0)
        count += 1
except OSError:
    pass
print("contained" if count < 100 else f"reached: {count} zombies")
