# Tries: variables of this machine: tokens, proxies, paths
# Must: the few that are pinned
# Status: ok
# Stdout: contained
import os
known = {"PATH", "HOME", "LANG", "TZ", "PWD", "HOSTNAME", "PYTHONHASHSEED", "PYTHONINTMAXSTRDIGITS", "PYTHONDONTWRITEBYTECODE"}
names = {part.split(b"=")[0].decode() for part in open("/proc/self/environ", "rb").read().split(b"\0") if part}
for name in (names | set(os.environ)) - known:
    print("reached:", name)
print("contained")
