# Tries: looks for other processes by number, beyond what /proc lists
# Must: PID 1 alone
# Status: ok
# Stdout: contained
import os
for number in range(2, 33_000):
    if number == os.getpid():
        continue
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        continue
    except PermissionError:
        pass
    print("reached: process", number)
if os.getppid() != 1:
    print("reached: a parent", os.getppid())
print("contained")
