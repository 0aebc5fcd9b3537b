# Tries: leaves its input in every place that is writable, and looks there first
# Must: the second run finds nothing (both runs are of this program, in the test)
# Status: ok
# Stdout: contained
import os
places = ["/box/.note", "/tmp/.note", "/dev/shm/.note", "/dev/mqueue/note", "/var/tmp/note", "/run/note", "/run/lock/note", "/dev/note"]
for path in places:
    if os.path.lexists(path):
        print("reached:", path)
data = os.pread(0, 1 << 16, 0)
for path in places:
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError:
        pass
print("contained")
