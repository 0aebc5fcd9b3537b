print(*range(200_000))
print("x" * 3_000_000, end="")
