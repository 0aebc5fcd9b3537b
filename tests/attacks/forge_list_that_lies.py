# Tries: a list with other items at each look
# Must: not a plain value
# Status: runtime_error
# Kind: function
class Liar(list):
    def __iter__(self):
        return iter([1, 2, 3])
    def __len__(self):
        return 3
    def __eq__(self, other):
        return True
def f(x):
    return Liar()
