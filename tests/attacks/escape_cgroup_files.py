# Tries: raises limits in, or leaves, its control group; the release agent
# Must: read-only or not there
# Status: ok
# Stdout: contained
import os
for top, folders, names in os.walk("/sys/fs/cgroup"):
    for name in names:
        try:
            os.close(os.open(f"{top}/{name}", os.O_WRONLY))
            print("reached:", top, name)
        except OSError:
            pass
    try:
        os.mkdir(top + "/codegym-attack")
        print("reached: a new group in", top)
    except OSError:
        pass
print("contained")
