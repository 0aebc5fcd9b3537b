# Tries: bytes that are no encoded value, of the encoding's own words
# Must: the judge refuses the value and goes on
# Status: ok|runtime_error
# Kind: function
import os
def f(x):
    for number in range(3, 64):
        try:
            os.write(number, b'{"dict":[[{"set":[{"int":[1]}]},{"complex":[1,2,3]}]],"int":"\xff"}')
        except OSError:
            pass
    os._exit(0)
