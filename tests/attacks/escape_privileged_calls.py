# Tries: what only an administrator may do: host name, clock, modules, swap, accounting, ports, quotas, the kernel's log
# Must: refused
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
room = ctypes.create_string_buffer(4096)
for name, number, *arguments in (
    ("sethostname", 170, b"x", 1), ("setdomainname", 171, b"x", 1), ("settimeofday", 164, room, None), ("clock_settime", 227, 0, room),
    ("adjtimex", 159, (ctypes.c_uint32 * 64)(0x4000, 0, 0, 0)), ("init_module", 175, room, 16, b""), ("finit_module", 313, 0, b"", 0),
    ("delete_module", 176, b"x", 0), ("swapon", 167, b"/box/main.py", 0), ("acct", 163, b"/box/main.py"), ("iopl", 172, 3),
    ("ioperm", 173, 0x80, 1, 1), ("quotactl", 179, 0x80000700, None, 0, room), ("vhangup", 153), ("kexec_load", 246, 0, 0, None, 0),
    ("reboot", 169, 0xFEE1DEAD - 2**32, 672274793, 0, None), ("fanotify", 300, 4, 0), ("lookup_dcookie", 212, 0, room, 64),
):
    if libc.syscall(number, *arguments) >= 0 and name not in ("adjtimex",):
        print("reached:", name)
print("contained")
