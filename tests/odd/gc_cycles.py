import gc
import weakref
class Node:
    def __del__(self):
        seen.append("del")
seen = []
node = Node()
node.me = node
reference = weakref.ref(node)
del node
print(reference() is None, gc.collect() > 0, reference() is None, seen)
