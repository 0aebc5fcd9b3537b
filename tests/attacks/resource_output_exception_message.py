# Tries: an exception with a message of megabytes
# Must: a bounded report
# Status: output_limit_exceeded
raise ValueError("x" * (5 << 20))
