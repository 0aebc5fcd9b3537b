# Tries: a default access list on the scratch folders: files of the next program get no rights
# Must: gone, or refused
# Status: ok
# Stdout: contained
import os, struct
entries = [(0x01, 0, 0xFFFFFFFF), (0x04, 0, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF)]
data = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
for folder in ("/box", "/tmp", "/dev/shm"):
    try:
        os.setxattr(folder, "system.posix_acl_default", data)
    except OSError:
        pass
print("contained")
