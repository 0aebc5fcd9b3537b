# Tries: goes on in two processes that both return
# Must: not more than one value
# Status: ok|runtime_error
# Kind: function
import os
def f(x):
    os.fork()
    return 0
