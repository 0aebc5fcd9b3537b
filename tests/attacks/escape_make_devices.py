# Tries: makes device files for memory and disks
# Must: refused
# Status: ok
# Stdout: contained
import os, stat
for folder in ("/box", "/tmp", "/dev/shm"):
    for kind, major, minor in ((stat.S_IFCHR, 1, 1), (stat.S_IFBLK, 8, 0), (stat.S_IFBLK, 254, 0), (stat.S_IFCHR, 10, 229)):
        try:
            os.mknod(folder + "/device", 0o600 | kind, os.makedev(major, minor))
            os.open(folder + "/device", os.O_RDONLY)
            print("reached:", folder, major, minor)
        except OSError:
            pass
print("contained")
