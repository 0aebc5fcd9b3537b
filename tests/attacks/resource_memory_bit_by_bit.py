# Tries: allocates for ever and does not mind MemoryError
# Must: no more than the limit, and no success
# Status: memory_limit_exceeded|time_limit_exceeded
# Limits: cpu_s=0.5
keep = []
while True:
    try:
        keep.append(bytearray(b"x" * (1 << 20)))
    except MemoryError:
        pass
