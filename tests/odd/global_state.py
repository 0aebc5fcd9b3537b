count = 0
cache = {}
def step():
    global count, late
    count += 1
    late = count * 2
    return cache.setdefault(count, late)
step()
step()
print(count, late, cache, globals()["late"])
