class Loud:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print("gone", self.name)
a = Loud("a")
_b = Loud("b")
c = Loud("c")
del a
print("end")
