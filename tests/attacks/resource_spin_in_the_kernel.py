# Tries: burns system time instead of user time
# Must: both count
# Status: time_limit_exceeded
# Limits: cpu_s=0.2
import os
zero = os.open("/dev/zero", os.O_RDONLY)
buffer = bytearray(1 << 20)
while True:
    os.readv(zero, [buffer])
