# Tries: opens its file, folders and descriptors as an earlier process left them: deleted files, old roots
# Must: nothing
# Status: ok
# Stdout: contained
import os
for line in open("/proc/self/mountinfo"):
    where = line.split()[4]
    if where.startswith(("/data", "/home", "/root", "/var/lib")):
        print("reached:", where)
for name in os.listdir("/proc/self/task"):
    for number in os.listdir(f"/proc/self/task/{name}/fd"):
        if int(number) > 2:
            target = os.path.realpath(f"/proc/self/fd/{number}")
            if "memfd" in target or "socket" in target:
                print("reached:", target)
print("contained")
