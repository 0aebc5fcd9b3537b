# Tries: the right number with characters that do not show: NUL, zero width, backspace
# Must: not the expected text
# Status: ok|runtime_error
print(f"\0\u200b{int(input()) * 2}9\b")
