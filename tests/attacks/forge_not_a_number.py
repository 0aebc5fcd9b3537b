# Tries: prints numbers that fall through comparisons with a tolerance
# Must: not equal to anything
# Status: ok
print("nan")
