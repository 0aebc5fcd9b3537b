"""The least that a run in its own process can cost: a bare, warm interpreter forks, runs, ends and is reaped.

``python3 -I -S floor.py PROGRAM INPUT SECONDS`` compiles the file ``PROGRAM`` once, runs it on the file ``INPUT`` for
so many seconds, and prints the number of runs and the seconds that they took. Nothing is isolated, limited, measured
or wiped, and nothing is imported that this does not need: a fork's price grows with what a process holds.
"""

import os
import sys
import time

program, given, seconds = sys.argv[1:]
with open(program) as file:
    code = compile(file.read(), program, "exec")
with open(given, "rb") as data:
    source = os.memfd_create("in")
    os.write(source, data.read())
result, target = os.dup(1), os.memfd_create("out")
os.dup2(source, 0)
os.dup2(target, 1)
runs, started = 0, time.perf_counter()
while time.perf_counter() - started < float(seconds):
    os.lseek(0, 0, os.SEEK_SET)
    os.lseek(1, 0, os.SEEK_SET)
    os.ftruncate(1, 0)
    pid = os.fork()
    if not pid:
        exec(code, {"__name__": "__main__"})
        sys.stdout.flush()
        os._exit(0)
    ended = os.wait4(pid, 0)[1]
    assert ended == 0, ended
    assert os.fstat(1).st_size, "expected an output, got none"
    runs += 1
os.write(result, b"%d %.6f\n" % (runs, time.perf_counter() - started))
