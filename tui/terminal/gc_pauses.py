"""When Python collects garbage: once after the start, then seldom, and when a screen has closed."""

import asyncio
import gc
from contextvars import Context
from typing import Final

START_SECONDS: Final = 5.0
"""When a board of thousands of orders is filled as well, and what its filter needs is made."""

QUIET_SECONDS: Final = 0.15
"""How long after a screen was closed the one below it is drawn."""

OBJECTS: Final = 50_000
"""How many new objects there are before Python collects by itself."""


def pause() -> None:
    """Collect nothing until `resume_later` says so: what a start makes is there to stay."""
    gc.disable()


def resume_later() -> None:
    """Collect again once the start is over; to be called inside the loop.

    What exists then is left out: with ten thousand orders on the board a collection of all of it
    holds a key up for a tenth of a second.
    """
    asyncio.get_running_loop().call_later(START_SECONDS, _resume)


def collect_soon() -> None:
    """Collect what a closed screen left, a card among it; to be called inside the loop."""
    # In the context of the moment Textual keeps the very screen that is to go.
    asyncio.get_running_loop().call_later(QUIET_SECONDS, _collect, context=Context())


def _resume() -> None:
    # What is garbage by now may have held a card, and frozen it would be kept for good.
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])
    gc.enable()


def _collect() -> None:
    if gc.isenabled():
        gc.collect()
