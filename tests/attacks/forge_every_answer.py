# Tries: prints all answers there could be
# Must: more than the answer is not the answer
# Status: ok
print(*range(-50, 50))
