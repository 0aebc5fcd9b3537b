# Tries: the lowest priority for all processes of the user, and so for all programs to come
# Must: the next program has the usual one
# Status: ok
# Stdout: contained
import os
for which, who in ((os.PRIO_PROCESS, 1), (os.PRIO_USER, os.getuid()), (os.PRIO_PGRP, 1)):
    try:
        os.setpriority(which, who, 19)
    except OSError:
        pass
print("contained")
