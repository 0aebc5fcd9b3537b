class Meta(type):
    def __new__(cls, name, bases, space, **options):
        print(name, space["__module__"], space["__qualname__"], options)
        return super().__new__(cls, name, bases, space)
class A(metaclass=Meta, extra=1):
    pass
print(type(A), A, A.__module__)
