try:
    bytearray(1 << 62)
except MemoryError:
    print("refused")
data = [0] * 10_000_000
print(len(data))
