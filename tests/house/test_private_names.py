"""Private names of Textual: few, and each in an adapter module, where a line says what for."""

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from textual._compositor import Compositor
from textual.app import App
from textual.dom import DOMNode
from textual.driver import Driver
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

ROOT = Path(__file__).parents[2]
ADAPTERS = {"tui/terminal/adapter.py", "tui/terminal/input.py", "widgets/drawing/canvas.py"}
MOST = 14
PRIVATE = re.compile(r"_[a-z]\w*")
ASSIGNED = re.compile(r"\bself\.(_[a-z]\w*)(?::[^=\n]+)? = ")


class Use(NamedTuple):
    """Where a private name is used: in which module (its path), on which line."""

    module: str
    line: int
    name: str


def uses(source: str, path: str) -> Iterator[Use]:
    """Find what a module imports, overrides, assigns or reads of Textual's private names."""
    tree = ast.parse(source)
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    owned: dict[ast.AST, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            names = names_of_bases(module, node.name)
            owned |= dict.fromkeys(ast.walk(node), names)
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(origin)) if origin.startswith("textual"):
                of_module = [part for part in origin.split(".") if PRIVATE.fullmatch(part)]
                for alias in node.names:
                    if of_module or PRIVATE.fullmatch(alias.name):
                        yield Use(path, node.lineno, f"{origin}.{alias.name}")
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name in owned.get(node, ()):
                yield Use(path, node.lineno, node.name)
            case ast.Attribute() if PRIVATE.fullmatch(node.attr):
                known = owned.get(node, set()) if is_own(node.value) else names_of_textual()
                if node.attr in known:
                    yield Use(path, node.lineno, ast.unparse(node))
            case _:
                pass


def is_own(value: ast.expr) -> bool:
    """Tell whether an attribute is read from the object itself, or from a module of Python's."""
    if isinstance(value, ast.Name) and value.id in sys.stdlib_module_names:
        return True
    return ast.unparse(value) in ("self", "cls", "super()")


@cache
def names_of_bases(module: str, name: str) -> set[str]:
    """Return the private names of the classes of Textual that a class descends from."""
    kind = getattr(importlib.import_module(module), name, None)
    bases = kind.__mro__ if isinstance(kind, type) else ()
    of_textual = [base for base in bases if base.__module__.startswith("textual.")]
    return set().union(*map(names_of, of_textual))


@cache
def names_of(kind: type) -> set[str]:
    """Return the private names that a class of Textual defines, or assigns to itself."""
    return set(filter(PRIVATE.fullmatch, vars(kind))) | assigned_in(kind.__module__)


@cache
def assigned_in(module: str) -> set[str]:
    return set(ASSIGNED.findall(inspect.getsource(importlib.import_module(module))))


@cache
def names_of_textual() -> set[str]:
    """Return the private names of what everything of ours descends from or draws with."""
    kinds = (App, Screen, Widget, DOMNode, MessagePump, Driver, Compositor, Strip)
    return set().union(*map(names_of, kinds))


@pytest.fixture(scope="module")
def found() -> list[Use]:
    """All of them, in the modules of the console and its widgets."""
    paths = [path for room in ("tui", "widgets") for path in sorted((ROOT / room).rglob("*.py"))]
    return [
        use
        for path in paths
        if path.name != "__main__.py"
        for use in uses(path.read_text("utf-8"), str(path.relative_to(ROOT)))
    ]


def test_private_names_are_used_in_adapter_modules_alone(found: list[Use]) -> None:
    outside = [str(use) for use in found if use.module not in ADAPTERS]
    advice = "Use public names, or give tui/terminal/adapter.py a function for it:"
    assert not outside, "\n  ".join((advice, *outside))


def test_private_names_are_few(found: list[Use]) -> None:
    assert len(found) <= MOST, "\n  ".join((f"{MOST} are allowed:", *map(str, found)))


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("from textual._compositor import Compositor", ["textual._compositor.Compositor"]),
        ("from textual.keys import _get_key_aliases", ["textual.keys._get_key_aliases"]),
        ("screen._compositor.clear()", ["screen._compositor"]),
        ("style._replace(ascii=True)", []),
        ("os._exit(1)", []),
    ],
)
def test_a_use_is_found(line: str, seen: list[str]) -> None:
    found = uses(line, "tui/screens/base.py")
    assert [use.name for use in found] == seen


def test_what_a_class_takes_from_its_bases_is_found() -> None:
    source = (
        "class ConsoleScreen:\n"
        "    def _refresh_layout(self):\n"
        "        self._size = super()._parent\n"
        "        self._ours = 1\n"
    )
    found = {use.name for use in uses(source, "tui/screens/base.py")}
    assert found == {"_refresh_layout", "self._size", "super()._parent"}
