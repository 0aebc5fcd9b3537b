# Tries: takes memory as a shared anonymous mapping, which is no private data
# Must: counted all the same
# Status: memory_limit_exceeded|runtime_error
import mmap
area = mmap.mmap(-1, 300 << 20)
for at in range(0, len(area), 4096):
    area[at] = 1
