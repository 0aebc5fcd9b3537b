# Tries: a dictionary of integers with one and the same hash
# Must: ended at the CPU limit
# Status: time_limit_exceeded
# Limits: cpu_s=0.3
prime = 2**61 - 1
table = {}
for number in range(10**6):
    table[number * prime] = number
