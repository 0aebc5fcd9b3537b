# Tries: environment variables that would change every later Python
# Must: its own alone
# Status: ok
# Stdout: contained
import ctypes, os
for name, value in (("PYTHONPATH", "/box"), ("PYTHONSTARTUP", "/box/x"), ("LD_PRELOAD", "/box/x.so"), ("PYTHONHASHSEED", "7"), ("TZ", "Asia/Tokyo"), ("LANG", "C"), ("HOME", "/tmp")):
    os.environ[name] = value
ctypes.CDLL(None).clearenv()
for name in ("PATH", "MALLOC_CHECK_"):
    os.putenv(name, "x")
print("contained")
