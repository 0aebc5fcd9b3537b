# Tries: an object that says it is an integer, by __class__ and a metaclass
# Must: not a plain value
# Status: runtime_error
# Kind: function
class Meta(type):
    def __eq__(self, other):
        return True
    def __instancecheck__(self, other):
        return True
    __hash__ = type.__hash__
class Fake(metaclass=Meta):
    __class__ = int
    def __int__(self):
        return 4
    __index__ = __int__
    def __format__(self, how):
        return "4"
    def __abs__(self):
        return 4
def f(x):
    return Fake()
