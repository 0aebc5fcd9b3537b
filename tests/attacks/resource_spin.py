# Tries: runs for ever
# Must: ended at the CPU limit
# Status: time_limit_exceeded
# Limits: cpu_s=0.2
while True:
    pass
