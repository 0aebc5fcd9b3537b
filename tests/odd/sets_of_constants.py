for x in {8, 0, 16, 24}:
    print(x)
found = {9, 1, 17, 25, 33}
print(found.pop(), {100, 200, 300, 400, 500, 1000})
def inner():
    return [x for x in (3, 7) if x in {24, 16, 8, 3}], {"b", "a", "d", "c"}
print(inner())
