# Tries: a pattern that takes exponential time
# Must: ended at the CPU limit
# Status: time_limit_exceeded
# Limits: cpu_s=0.2
import re
re.match(r"(a+)+$", "a" * 60 + "b")
