# Tries: looks for inputs of earlier runs in the whole of its memory
# Must: none (it does not read its own)
# Status: ok
# Stdout: contained
# Limits: cpu_s=4 wall_s=8
import re
pattern = re.compile(b"SECRET[-]INPUT")
memory = open("/proc/self/mem", "rb", 0)
for line in open("/proc/self/maps"):
    start, end = (int(part, 16) for part in line.split()[0].split("-"))
    try:
        memory.seek(start)
        data = memory.read(end - start)
    except (OSError, ValueError, OverflowError):
        continue
    if data and pattern.search(data):
        print("reached:", line.split()[-1])
        break
print("contained")
