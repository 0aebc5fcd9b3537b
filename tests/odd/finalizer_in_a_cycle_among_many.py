import sys
class Node:
    def __init__(self):
        self.itself = self
    def __del__(self):
        sys.stdout.write("gone\n")
node, many = Node(), [[n] for n in range(70_000)]
print("last line")
