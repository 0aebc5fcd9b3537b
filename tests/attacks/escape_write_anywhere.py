# Tries: finds every folder that it may write to
# Must: its three scratch folders, and nothing else that lasts
# Status: ok
# Stdout: contained
# Limits: cpu_s=4 wall_s=8
# Reads: every folder
import os
for top, folders, _ in os.walk("/"):
    folders[:] = [name for name in folders if top != "/" or name not in ("proc", "sys", "box", "tmp")]
    if top in ("/dev/shm", "/dev/mqueue", "/dev/pts"):
        continue
    if os.access(top, os.W_OK):
        print("reached:", top)
print("contained")
