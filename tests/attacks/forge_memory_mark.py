# Tries: sets the byte by which a MemoryError is told, and fails otherwise
# Must: a failure of one kind or the other, this time only
# Status: runtime_error|memory_limit_exceeded
import gc, mmap
for one in gc.get_objects() + [sys for sys in ()]:
    if type(one) is dict and isinstance(one.get("out_of_memory"), mmap.mmap):
        one["out_of_memory"][0] = 1
1 / 0
