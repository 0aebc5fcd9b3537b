# Tries: mounts, unmounts, makes the root writable, by the old and the new system calls
# Must: refused
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
attributes = (ctypes.c_uint64 * 4)(0, 1, 0, 0)
for name, result in (
    ("tmpfs", libc.mount(b"x", b"/tmp", b"tmpfs", 0, None)),
    ("bind", libc.mount(b"/usr", b"/tmp", None, 4096, None)),
    ("remount", libc.mount(b"none", b"/", None, 32 | 4096, None)),
    ("proc", libc.mount(b"proc", b"/tmp", b"proc", 0, None)),
    ("umount", libc.umount2(b"/tmp", 2)),
    ("umount proc", libc.umount2(b"/proc", 2)),
    ("pivot_root", libc.syscall(155, b"/tmp", b"/tmp")),
    ("fsopen", libc.syscall(430, b"tmpfs", 0)),
    ("open_tree", libc.syscall(428, -100, b"/", 1)),
    ("move_mount", libc.syscall(429, -100, b"/tmp", -100, b"/box", 0)),
    ("mount_setattr", libc.syscall(442, -100, b"/", 0, attributes, 32)),
    ("chroot", libc.chroot(b"/tmp")),
):
    if result >= 0:
        print("reached:", name)
print("contained")
