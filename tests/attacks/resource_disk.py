# Tries: fills every place that can be written
# Must: the places are small, and empty afterwards
# Status: ok|memory_limit_exceeded
# Stdout: contained
import os
data = b"x" * (1 << 20)
held = 0
for folder in ("/box", "/tmp", "/dev/shm"):
    for number in range(80):
        try:
            with open(f"{folder}/{number}", "wb", buffering=0) as file:
                held += file.write(data)
        except OSError:
            break
print("contained" if held <= 192 << 20 else f"reached: {held >> 20} MB")
