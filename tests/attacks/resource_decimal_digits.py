# Tries: the quadratic conversion of a vast integer, of which no limit is set here
# Must: ended at the CPU limit
# Status: time_limit_exceeded
# Limits: cpu_s=0.3
len(str(1 << 10_000_000))
