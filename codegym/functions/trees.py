"""Syntax trees of test code: changed copies, and what is known of its functions."""

import ast
from typing import Any


class Renamed(ast.NodeTransformer):
    """Calls of a function by the name that the program knows."""

    def __init__(self, aliases: set[str], name: str) -> None:
        self._aliases, self._name = aliases, name

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The name that the program knows, for each of the others."""
        return ast.Name(self._name, ast.Load()) if node.id in self._aliases else node


class Without(ast.NodeTransformer):
    """A copy of a tree without some of the original's statements."""

    def __init__(self, turned: set[int]) -> None:
        self._turned = turned

    def visit(self, node: ast.AST) -> Any:
        """The node; ``pass`` for a statement that was turned."""
        if getattr(node, "original", 0) in self._turned:
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)


def numbered(tree: ast.Module) -> ast.Module:
    """The tree, its statements marked so that they are known in a copy."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            node.original = id(node)  # type: ignore[attr-defined]
    return tree


def is_check(node: ast.FunctionDef) -> bool:
    """Whether a function is the one that is given the candidate."""
    return node.name == "check" and len(node.args.args) == 1 and not node.args.kwonlyargs


def calls_check(node: ast.stmt) -> bool:
    """Whether a statement calls that function."""
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith("check(")


def is_plus_helper(node: ast.FunctionDef) -> bool:
    """Whether a function is the comparison that stands in the published code of the "plus" sets."""
    text = ast.unparse(node)
    return len(node.args.args) == 3 and "allclose" in text and "is_floats" in text and len(text) < 2000
