"""When Python looks for garbage: not while carddesk starts, and later between keys."""

import asyncio
import gc
from contextvars import Context
from typing import Final

REST_SECONDS: Final = 2.0
"""How long a start takes at most, on a machine that is not hopelessly slow."""

QUIET_SECONDS: Final = 0.15
"""How long no key has been pressed when it is a good moment."""

FILLED_SECONDS: Final = 10.0
"""When a board of thousands of orders stands as well, and what is made for its filter."""


def rest() -> None:
    """Look for no garbage until `resume_later` says so: what a start makes is there to stay."""
    gc.disable()


def resume_later() -> None:
    """Look for garbage again once the start is over; to be called inside the loop.

    What exists then is left out: with ten thousand orders on the board a look through all of it
    holds a key up for a tenth of a second.
    """
    loop = asyncio.get_running_loop()
    loop.call_later(REST_SECONDS, _resume)
    loop.call_later(FILLED_SECONDS, _leave_out)


def _resume() -> None:
    gc.freeze()
    gc.enable()


def _leave_out() -> None:
    # What is garbage by now may have held a card, and would be kept for good.
    gc.collect()
    gc.freeze()


class Tidying:
    """Looks for what a closed screen left, once no key has been pressed for a moment.

    A screen is thousands of objects that hold each other. Python would look for them after two or
    three more, while the next one opens, and that key would wait for it. A card that stood on the
    screen leaves the memory sooner as well.
    """

    def __init__(self) -> None:
        self._due: asyncio.TimerHandle | None = None

    def closed(self) -> None:
        """Take note that a screen was closed; to be called inside the loop."""
        if self._due is not None:
            self._due.cancel()
        # In the context of the moment Textual keeps the very screen that is to go.
        loop, nothing = asyncio.get_running_loop(), Context()
        self._due = loop.call_later(QUIET_SECONDS, self._tidy, context=nothing)

    def pressed(self) -> None:
        """Take note that a key was pressed, which comes first."""
        if self._due is not None:
            self.closed()

    def _tidy(self) -> None:
        self._due = None
        gc.collect()
