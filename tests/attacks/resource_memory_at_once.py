# Tries: one allocation of 8 GB
# Must: told so by MemoryError, or killed
# Status: memory_limit_exceeded
x = [0] * 10**9
