import resource
import sys
resource.setrlimit(resource.RLIMIT_STACK, (64 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
sys.setrecursionlimit(20_000)
class Node:
    def __init__(self, below):
        self.below = below
    def __repr__(self):
        return "." + repr(self.below) if self.below else ""
node = None
for _ in range(3000):
    node = Node(node)
print(len(repr(node)))
