"""Every place of the console and of its commands where something could break, found by looking."""

import contextlib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from textual.app import App

import tui
import widgets
from tui.cli import arguments as cli_arguments
from tui.console.request_handlers import HANDLERS
from tui.formats import as_json, as_text

RENDERERS = frozenset({"draw", "text_lines", "render_line", "compose"})
Break = Callable[[object], None]
"""Raises, with a card and the key in its hands; is given what the place was called with."""


class Point(NamedTuple):
    """A function that is made to break after it did its work."""

    kind: str
    owner: Any
    name: str

    def __str__(self) -> str:
        owner = (
            self.owner.__name__ if isinstance(self.owner, ModuleType) else self.owner.__qualname__
        )
        return f"{self.kind} {owner}.{self.name}"

    @contextlib.contextmanager
    def broken(self, breaks: Break) -> Iterator[None]:
        """Make it break for a while."""
        handling = HANDLERS.get(self.owner)
        if handling is not None:
            HANDLERS[self.owner] = handling._replace(handler=_answering(handling.handler, breaks))
            try:
                yield
            finally:
                HANDLERS[self.owner] = handling
            return
        before = vars(self.owner)[self.name]
        cell = _worker_cell(before)
        if cell is not None:
            held = cell.cell_contents
            cell.cell_contents = _breaking(held, breaks)
            try:
                yield
            finally:
                cell.cell_contents = held
            return
        after = _breaking(before, breaks)
        setattr(self.owner, self.name, after)
        handlers = vars(self.owner).get("_decorated_handlers", {})
        for found in handlers.values():
            found[:] = [(after if method is before else method, by) for method, by in found]
        try:
            yield
        finally:
            setattr(self.owner, self.name, before)
            for found in handlers.values():
                found[:] = [(before if method is after else method, by) for method, by in found]


def of_the_console() -> list[Point]:
    """Return every worker, handler, action and renderer of tui/ and widgets/."""
    found = [Point("worker", kind, "answered") for kind in HANDLERS]
    for package in (tui, widgets):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if info.name == "tui.__main__":
                continue
            module = importlib.import_module(info.name)
            for owner in vars(module).values():
                if inspect.isclass(owner) and owner.__module__ == module.__name__:
                    found += _of_class(owner)
    return sorted(found, key=str)


def of_the_commands() -> list[Point]:
    """Return every function of the modules that carry commands out and print what came of them."""
    found: list[Point] = []
    declared = [
        importlib.import_module(f"tui.cli.commands.{module}") for module in cli_arguments.COMMANDS
    ]
    for module in (*declared, as_text, as_json):
        for name, function in vars(module).items():
            own = isinstance(function, FunctionType) and function.__module__ == module.__name__
            if own and name != "declare":
                found.append(Point("command", module, name))
    return sorted(found, key=str)


def _of_class(owner: Any) -> Iterator[Point]:
    actions = _actions(owner)
    for name, value in vars(owner).items():
        if not isinstance(value, FunctionType):
            continue
        if _worker_cell(value) is not None or _is_work_of_the_console(owner, value):
            yield Point("worker", owner, name)
        elif hasattr(value, "_textual_on") or name.startswith(("on_", "watch_", "_watch_")):
            yield Point("handler", owner, name)
        elif name in RENDERERS:
            yield Point("renderer", owner, name)
        elif name in actions or name.startswith("action_"):
            yield Point("action", owner, name)


def _is_work_of_the_console(owner: Any, value: FunctionType) -> bool:
    """Tell whether this is a coroutine that a part of the app starts, as copying is."""
    part = owner.__module__.startswith("tui.console.") and not issubclass(owner, App)
    return part and inspect.iscoroutinefunction(value)


def _answering(handler: Callable[[Any, Any], Any], breaks: Break) -> Callable[[Any, Any], Any]:
    async def later(app: Any, request: Any) -> Any:
        result = await handler(app, request)
        breaks((request, result))
        return result

    return later


def _actions(owner: Any) -> frozenset[str]:
    handlers = vars(owner).get("handlers")
    if not isinstance(handlers, FunctionType):
        return frozenset()
    return frozenset(re.findall(r"self\.(\w+)", inspect.getsource(handlers)))


def _worker_cell(value: Any) -> Any:
    """Return the cell in which Textual's `work` keeps the method that it runs, or None."""
    if value.__code__.co_qualname != "work.<locals>.decorator.<locals>.decorated":
        return None
    wrapped = getattr(value, "__wrapped__", None)
    for cell in getattr(value, "__closure__", None) or ():
        if wrapped is not None and cell.cell_contents is wrapped:
            return cell
    return None


def _breaking(before: Any, breaks: Break) -> Any:
    # With the same names of arguments: Textual looks at how many a handler takes.
    if inspect.iscoroutinefunction(before):

        async def later(*arguments: Any, **named: Any) -> Any:
            result = await before(*arguments, **named)
            breaks((arguments, named, result))
            return result

        broken: Any = later

    else:

        def at_once(*arguments: Any, **named: Any) -> Any:
            result = before(*arguments, **named)
            breaks((arguments, named, result))
            return result

        broken = at_once

    broken.__signature__ = inspect.signature(before)
    broken.__name__ = before.__name__
    for name in ("_textual_on", "_textual_style_map"):
        if hasattr(before, name):
            setattr(broken, name, getattr(before, name))
    return broken
