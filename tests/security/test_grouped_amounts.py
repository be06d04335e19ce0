"""Amounts reach a person through one function: no sentence prints a Decimal as it is."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
GROUPED = ("show(", "dinars(", "amount(", "dzd(", "exact(", "stored")


def test_every_sum_in_a_sentence_is_grouped() -> None:
    sums = [each for path in _modules() for each in _sums(ast.parse(path.read_text("utf-8")))]
    assert len(sums) > 10
    assert [each for each in sums if not any(name in each for name in GROUPED)] == []


def _modules() -> Iterator[Path]:
    for room in ("services", "widgets", "tui"):
        yield from (p for p in (ROOT / room).rglob("*.py") if "sandbox" not in p.parts)


def _sums(module: ast.Module) -> Iterator[str]:
    """Find what is before DZD in a text; a name is what was last assigned to it."""
    assigned: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                assigned |= {ast.unparse(name): ast.unparse(node.value) for name in names}
    for text in ast.walk(module):
        parts = text.values if isinstance(text, ast.JoinedStr) else []
        for value, after in pairwise(parts):
            unit = isinstance(after, ast.Constant) and str(after.value).startswith(" DZD")
            if unit and isinstance(value, ast.FormattedValue):
                words = ast.unparse(value.value)
                yield assigned.get(words, words)
