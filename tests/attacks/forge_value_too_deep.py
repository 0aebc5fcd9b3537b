# Tries: lists nested deeper than the judge's own recursion goes, written past the encoder
# Must: the judge refuses the value and goes on
# Status: ok|runtime_error
# Kind: function
import os
def f(x):
    for number in range(3, 64):
        try:
            os.write(number, b"[" * 200_000 + b"]" * 200_000)
        except OSError:
            pass
    os._exit(0)
