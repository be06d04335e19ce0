"""A closed dialog leaves nothing behind.

A console is open for days, and a look for garbage holds a key up for longer the more there is.
"""

import gc
import weakref
from typing import Any

import pytest
from textual._styles_cache import StylesCache

from tests import pace
from tui.screens.desk import DeskScreen
from tui.terminal import gc_pauses


@pytest.fixture(autouse=True)
def collects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Collect when a screen was closed, as a console does."""
    monkeypatch.setattr(gc_pauses, "collect_soon", pace.collect_soon)


async def test_what_was_drawn_of_a_dialog_is_let_go_with_it(console: Any) -> None:
    async def opened_and_closed() -> int:
        await console.press("question_mark")
        await console.shows("Help · ")
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, DeskScreen))
        return pictures()

    await console.ready()
    once = await opened_and_closed()
    await opened_and_closed()
    await opened_and_closed()
    await console.until(lambda: pictures() <= once)


async def test_a_closed_screen_leaves_the_memory_before_python_looks_by_itself(
    console: Any,
) -> None:
    await console.ready()
    threshold = gc.get_threshold()
    gc.set_threshold(0)
    try:
        await console.press("question_mark")
        await console.shows("Help · ")
        closed = weakref.ref(console.screen)
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, DeskScreen))
        await console.until(lambda: closed() is None)
    finally:
        gc.set_threshold(*threshold)


def pictures() -> int:
    """Count the widgets whose drawn lines are anywhere in memory."""
    gc.collect()
    return sum(isinstance(thing, StylesCache) for thing in gc.get_objects())
