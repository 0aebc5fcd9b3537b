def inner(x):
    return 1 // x
print("out")
inner(0)
