# Tries: a set of integers with one hash, written past the encoder, on which the judge would spend hours
# Must: the judge refuses the value soon
# Status: ok|runtime_error
# Kind: function
import os
def f(x):
    items = b",".join(b'{"int":"%x"}' % (n * (2**61 - 1)) for n in range(1, 30_000))
    for number in range(3, 64):
        try:
            os.write(number, b'{"set":[' + items + b"]}")
        except OSError:
            pass
    os._exit(0)
