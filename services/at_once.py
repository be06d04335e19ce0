"""Two things at once, neither of which goes on when the other has failed."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


async def both(
    one: Coroutine[Any, Any, One], other: Coroutine[Any, Any, Other]
) -> tuple[One, Other]:
    """Return what two coroutines return, run at the same time.

    What one of them raises is raised once the other has ended too: it is cancelled, and a request
    that it was waiting for is not left behind with a connection that nobody would close.
    """
    tasks = (asyncio.ensure_future(one), asyncio.ensure_future(other))
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
