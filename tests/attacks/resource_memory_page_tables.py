# Tries: reads one byte of every 2 MB of a vast mapping, so that only page tables grow
# Must: page tables count, or the address space is bounded
# Status: ok|memory_limit_exceeded|runtime_error
# Stdout: contained
import mmap
step, regions = 2 << 20, 80_000
try:
    area = mmap.mmap(-1, step * regions, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, mmap.PROT_READ)
    area.madvise(15)
    for at in range(0, step * regions, step):
        area[at]
    print("reached: 320 MB of page tables")
except (OSError, MemoryError):
    print("contained")
