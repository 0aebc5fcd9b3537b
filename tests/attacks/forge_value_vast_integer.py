# Tries: returns an integer of a million digits, which takes long to show
# Must: compared and shown in no time
# Status: ok
# Kind: function
def f(x):
    return 1 << 3_000_000
