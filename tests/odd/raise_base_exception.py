class Odd(BaseException):
    pass
raise Odd("base")
