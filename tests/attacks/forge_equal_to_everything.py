# Tries: returns an object that equals everything
# Must: not a plain value
# Status: runtime_error
# Kind: function
class Everything:
    def __eq__(self, other):
        return True
    __hash__ = None
def f(x):
    return Everything()
