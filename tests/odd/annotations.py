from __future__ import annotations
from typing import get_type_hints
x: int = 3
later: str
class Node:
    left: Node | None
    def join(self, other: Node) -> list[Node]:
        return [self, other]
print(__annotations__, get_type_hints(Node), get_type_hints(Node.join)["return"])
