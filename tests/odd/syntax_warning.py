x = 1000
print(x is 1000)
assert (x, "always true")
