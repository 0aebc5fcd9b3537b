# Tries: climbs out by .. , /proc/self/root and open_by_handle_at
# Must: the root is the end
# Status: ok
# Stdout: contained
import ctypes, os
root = os.stat("/")
for path in ("/..", "/../../../..", "/proc/self/root/..", "/proc/self/cwd/../../..", "/proc/1/root/.."):
    try:
        if not os.path.samestat(root, os.stat(path)):
            print("reached:", path)
    except OSError:
        pass
libc = ctypes.CDLL(None)
for handle_type in (1, 2, 0x81):
    handle = (ctypes.c_uint32 * 34)(8, handle_type, 2, 0)
    if libc.open_by_handle_at(os.open("/", os.O_RDONLY), handle, 0) >= 0:
        print("reached: an inode by its number")
print("contained")
