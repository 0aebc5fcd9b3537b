import os
parts = []
while chunk := os.read(0, 4):
    parts.append(chunk)
print(parts)
