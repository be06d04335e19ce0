"""A closed dialog leaves nothing behind.

A console is open for days, and a look for garbage holds a key up for longer the more there is.
"""

import gc
import weakref
from typing import Any

from textual._styles_cache import StylesCache

from tui.screens.desk import DeskScreen


async def test_what_was_drawn_of_a_dialog_is_let_go_with_it(console: Any) -> None:
    async def opened_and_closed() -> int:
        await console.press("question_mark")
        await console.shows("Keys here")
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
    gc.disable()
    try:
        await console.press("question_mark")
        await console.shows("Keys here")
        closed = weakref.ref(console.screen)
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, DeskScreen))
        await console.until(lambda: closed() is None)
    finally:
        gc.enable()


def pictures() -> int:
    """Count the widgets whose drawn lines are anywhere in memory."""
    gc.collect()
    return sum(isinstance(thing, StylesCache) for thing in gc.get_objects())
