# Tries: the right number in digits that int() takes and nobody meant
# Must: not the expected text
# Status: ok|runtime_error
print(str(int(input()) * 2).translate({48 + n: 0xFF10 + n for n in range(10)}))
