# Tries: raises its own limits
# Must: hard limits stay
# Status: ok
# Stdout: contained
import resource
for name in ("CPU", "FSIZE", "CORE", "NOFILE"):
    number = getattr(resource, "RLIMIT_" + name)
    for wanted in ((-1, -1), (resource.getrlimit(number)[1] + 1,) * 2):
        try:
            resource.setrlimit(number, wanted)
            print("reached: more", name)
        except (ValueError, OSError):
            pass
print("contained")
