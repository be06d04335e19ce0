"""When Python looks for garbage: not while carddesk starts, and then only in what came later."""

import asyncio
import gc
from typing import Final

REST_SECONDS: Final = 2.0
"""How long a start takes at most, on a machine that is not hopelessly slow."""

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
