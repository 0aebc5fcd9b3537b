import timeit
seen = []
timeit.timeit("seen.append(1)", globals=globals(), number=5)
print(len(seen), timeit.default_timer() > 0)
