n = 3**40_000
print(len(str(n)), str(n)[:20], int("9" * 10_000) % 97, n.bit_length())
print(2**100_000)
