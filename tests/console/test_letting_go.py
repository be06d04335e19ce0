"""A closed dialog leaves nothing behind.

A console is open for days, and a look for garbage holds a key up for longer the more there is.
"""

import gc
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


def pictures() -> int:
    """Count the widgets whose drawn lines are anywhere in memory."""
    gc.collect()
    return sum(isinstance(thing, StylesCache) for thing in gc.get_objects())
