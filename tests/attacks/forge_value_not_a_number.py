# Tries: a number that compares with nothing, in case a tolerance is asked the wrong way round
# Must: not equal to anything
# Status: ok
# Kind: function
def f(x):
    return float("nan")
