# Tries: an object whose pickle would run a command on this machine
# Must: nothing is pickled
# Status: runtime_error
# Kind: function
import os
class Command:
    def __reduce__(self):
        return os.system, ("touch /tmp/codegym-was-here",)
    def __repr__(self):
        return "4"
def f(x):
    return Command()
