# Tries: a string subclass that shows itself as code
# Must: not a plain value
# Status: runtime_error
# Kind: function
class Code(str):
    def __repr__(self):
        return "__import__('os').system('id')"
    def __str__(self):
        return repr(self)
def f(x):
    return {"x": Code("x")}
