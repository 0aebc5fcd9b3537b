# Tries: splits memory into as many mappings as it can
# Must: the kernel's bound holds, and all are gone afterwards
# Status: ok|memory_limit_exceeded|runtime_error|time_limit_exceeded
# Stdout: contained
import mmap
keep = []
try:
    for number in range(70_000):
        keep.append(mmap.mmap(-1, 4096, mmap.MAP_PRIVATE, (mmap.PROT_READ, mmap.PROT_WRITE)[number % 2]))
except (OSError, MemoryError):
    pass
del keep
print("contained")
