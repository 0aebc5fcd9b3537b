import copy
import pickle
from collections import namedtuple
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
@dataclass(order=True, frozen=True)
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, compare=False)
class Colour(Enum):
    RED = 1
Pair = namedtuple("Pair", "a b")
def function():
    return 1
data = [Point(1, 2), Colour.RED, Pair(1, 2), function]
again = pickle.loads(pickle.dumps(data))
print(again[:3], again == data, again[3] is function, pickle.dumps(Colour.RED, 0))
print(asdict(replace(data[0], x=5)), copy.deepcopy(data[0]), Point.__module__, repr(Point))
