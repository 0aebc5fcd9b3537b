# Tries: makes itself a poor victim (a small process with a low score) and fills the scratch space, so that PID 1 is killed
# Must: a result, whichever it is
# Status: ok|memory_limit_exceeded|runtime_error
import os
try:
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("0")
except OSError:
    pass
fill = "for d in /tmp /dev/shm /box; do i=0; while [ $i -lt 64 ]; do head -c 1048576 /dev/zero >$d/$i || break; i=$((i+1)); done; done"
os.execv("/bin/sh", ["sh", "-c", fill + " 2>/dev/null"])
