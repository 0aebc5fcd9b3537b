# Tries: reads what /proc shows of PID 1
# Must: neither memory nor descriptors, environment, root or namespaces
# Status: ok
# Stdout: contained
import os
for name in ("mem", "environ", "maps", "smaps", "numa_maps", "auxv", "stack", "syscall", "io", "pagemap", "personality"):
    try:
        with open("/proc/1/" + name, "rb") as file:
            if file.read(16):
                print("reached:", name)
    except OSError:
        pass
for name in ("fd", "fdinfo", "map_files", "root", "cwd", "task/1/fd"):
    try:
        print("reached:", name, os.listdir("/proc/1/" + name))
    except OSError:
        pass
for name in ("exe", "root", "cwd", "ns/pid", "ns/mnt", "fd/0", "fd/3"):
    try:
        os.close(os.open("/proc/1/" + name, os.O_RDONLY))
        print("reached:", name)
    except OSError:
        pass
print("contained")
