import math
class Box:
    content = 1
try:
    math.squirt
except AttributeError as error:
    print(error)
Box().contents
