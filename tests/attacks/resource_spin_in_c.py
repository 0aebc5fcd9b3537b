# Tries: one call into C that takes hours and checks no signal
# Must: ended from outside
# Status: time_limit_exceeded
# Limits: cpu_s=0.2
sum(range(10**14))
