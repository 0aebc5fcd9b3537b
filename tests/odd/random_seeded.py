import random
random.seed(42)
print(random.random(), random.sample(range(100), 5), random.choice("abc"), random.gauss(0, 1))
r = random.Random("text")
print(r.getrandbits(70), r.shuffle(x := list(range(10))), x, random.getstate()[0])
