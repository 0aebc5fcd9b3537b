class Meta(type):
    __hash__ = None
    def __eq__(self, other):
        return True
class Thing(metaclass=Meta):
    pass
held = [Thing()]
print(len(held))
