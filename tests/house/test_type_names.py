"""A type's name has one meaning in the product: nothing of ours is called as something else is."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("services", "tui", "widgets")


def test_no_type_name_has_two_meanings() -> None:
    places: defaultdict[str, set[str]] = defaultdict(set)
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for name in _types(ast.parse(path.read_text("utf-8"))):
                places[name].add(str(path.relative_to(ROOT)))
    assert len(places) > 300
    double = [f"{name}: {', '.join(sorted(at))}" for name, at in places.items() if len(at) > 1]
    assert not double, "\n  ".join(("Give one of each two a name that says more:", *double))


def _types(module: ast.Module) -> Iterator[str]:
    """Return the public classes and aliases of types that a module makes, no type variables."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            alias = isinstance(value, ast.Subscript | ast.BinOp)
            if alias and name[0].isupper() and not name.isupper():
                yield name
