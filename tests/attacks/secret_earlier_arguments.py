# Tries: looks for the arguments of earlier calls of its function
# Must: its own arguments and no others
# Status: ok
# Kind: function
import gc
seen = []
def f(x):
    for one in gc.get_objects():
        if type(one) is list and one and one[0] == x and one is not seen:
            seen.append(len(one))
    return max(seen, default=0) > 1
