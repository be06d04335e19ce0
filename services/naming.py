"""The names of denominations that only other desks' orders mention, asked for slowly."""

import asyncio
from collections.abc import Callable
from typing import Final

from services.board_rows import BoardRows
from services.client import VendorClient
from services.clock import Clock
from services.errors import AuthFailed, DeskError

PAUSE_SECONDS = 1.0


class Naming:
    """Asks for each product of a nameless order once: a name is worth no haste.

    Args:
        client: whom to ask.
        rows: the board, which says what is nameless and learns.
        clock: time.
        named: called after each answer.
    """

    def __init__(
        self, client: VendorClient, rows: BoardRows, clock: Clock, named: Callable[[], None]
    ) -> None:
        self._client: Final = client
        self._rows: Final = rows
        self._clock: Final = clock
        self._named: Final = named
        self._news: Final = asyncio.Event()

    def orders_came(self) -> None:
        """Look again whether an order is nameless."""
        self._news.set()

    async def run(self) -> None:
        """Ask until cancelled.

        Raises:
            AuthFailed: the key was rejected.
        """
        asked: set[str] = set()
        while True:
            self._news.clear()
            for product_id in self._rows.nameless() - asked:
                asked.add(product_id)
                try:
                    self._rows.learn(stock=await self._client.stock(product_id))
                except AuthFailed:
                    raise
                except DeskError:
                    continue
                self._named()
                await self._clock.sleep(PAUSE_SECONDS)
            await self._news.wait()
