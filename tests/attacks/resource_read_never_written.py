# Tries: waits for input that cannot come
# Must: the clock is a backstop
# Status: time_limit_exceeded
# Limits: wall_s=0.4
import os
reading, writing = os.pipe()
os.read(reading, 1)
