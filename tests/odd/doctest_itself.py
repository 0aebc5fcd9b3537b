"""
>>> double(2)
4
>>> double(3)
7
"""
import doctest
def double(n):
    return n * 2
print(doctest.testmod())
