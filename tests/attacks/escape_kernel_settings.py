# Tries: opens what sets the kernel for writing: /proc/sys, /sys, the magic key
# Must: none can be opened
# Status: ok
# Stdout: contained
import os
places = ["/proc/sysrq-trigger", "/proc/mtrr", "/proc/kcore", "/sys/power/state", "/sys/kernel/uevent_helper", "/sys/kernel/mm/ksm/run"]
for top, _, names in os.walk("/proc/sys"):
    places += [f"{top}/{name}" for name in names]
for path in places:
    try:
        os.close(os.open(path, os.O_WRONLY))
        print("reached:", path)
    except OSError:
        pass
print("contained")
