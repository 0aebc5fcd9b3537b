words = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta"}
print(words, hash("text"), hash(b"bytes"), hash(3.5), hash((1, "a")), frozenset("hello"))
print({object: 1}, sorted({str(n): n for n in range(20)}.items(), key=hash)[:5])
