# Tries: the kernel's log, symbols and memory
# Must: refused
# Status: ok
# Stdout: contained
import ctypes, os
libc = ctypes.CDLL(None)
room = ctypes.create_string_buffer(4096)
for action in (3, 4, 5):
    if libc.klogctl(action, room, 4096) >= 0:
        print("reached: log by", action)
for path in ("/proc/kmsg", "/proc/kcore", "/dev/kmsg", "/proc/kpagecount", "/proc/slabinfo", "/proc/vmallocinfo", "/proc/iomem"):
    try:
        data = os.read(os.open(path, os.O_RDONLY | os.O_NONBLOCK), 4096)
    except OSError:
        continue
    if data and path != "/proc/iomem":
        print("reached:", path)
for line in open("/proc/kallsyms"):
    if int(line.split()[0], 16):
        print("reached: addresses")
        break
print("contained")
