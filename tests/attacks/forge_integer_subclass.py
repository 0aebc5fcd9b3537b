# Tries: an integer that equals everything, hidden in a list
# Must: not a plain value
# Status: runtime_error
# Kind: function
class Wild(int):
    def __eq__(self, other):
        return True
    __hash__ = int.__hash__
def f(x):
    return [Wild(0)]
