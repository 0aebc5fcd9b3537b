# Tries: sets its user and groups to 0 in every way
# Must: refused
# Status: ok
# Stdout: contained
import ctypes, os
libc = ctypes.CDLL(None)
for call in (os.setuid, os.setgid, os.seteuid, os.setegid):
    try:
        call(0)
        print("reached:", call.__name__)
    except OSError:
        pass
for call, arguments in ((os.setresuid, (0, 0, 0)), (os.setreuid, (0, 0)), (os.setresgid, (0, 0, 0)), (os.setgroups, ([0],))):
    try:
        call(*arguments)
        print("reached:", call.__name__)
    except OSError:
        pass
libc.setfsuid(0)
if libc.setfsuid(-1) == 0:
    print("reached: setfsuid")
for path in ("/etc", "/usr", "/opt", "/box/main.py"):
    try:
        os.chown(path, 0, 0)
        print("reached: chown", path)
    except OSError:
        pass
print("contained")
