import os
import sys
pid = os.fork()
if not pid:
    raise ValueError("child")
print(os.waitpid(pid, 0)[1])
sys.exit(os.getpid() == pid)
