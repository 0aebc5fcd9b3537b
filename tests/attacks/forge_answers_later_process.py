# Tries: a child that waits for the next program and writes to its output
# Must: dead by then
# Status: ok
# Stdout: contained
import os
me = os.getpid()
if os.fork() == 0:
    os.setsid()
    while True:
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in (1, me, os.getpid()):
                try:
                    with open(f"/proc/{name}/fd/1", "w") as file:
                        file.write("reached: the next program\n")
                except OSError:
                    pass
print("contained")
