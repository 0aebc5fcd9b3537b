# Tries: writes to standard output for ever
# Must: ended, and no more kept than the limit
# Status: output_limit_exceeded
while True:
    print("x" * 1000)
