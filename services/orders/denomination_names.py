"""The names of denominations that only other desks' orders mention, asked for slowly."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from services.domain.errors import AuthFailed, DeskError
from services.domain.models import Order
from services.orders.board_rows import BoardRows
from services.system.clock import Clock
from services.vendor.client import VendorClient
from services.vendor.rate_limit import Priority, priority

PAUSE_SECONDS = 2.0
"""Half of what a sandbox key may ask in a minute is left to everything else."""

MOST_ASKED = 5
LONGEST_SECONDS = 10.0


class DenominationNames:
    """Asks for each product of a nameless order once: a name is worth no haste.

    Args:
        client: whom to ask.
        rows: the board, which says what is nameless and learns.
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
                    with priority(Priority.BACKGROUND):
                        self._rows.learn(stock=await self._client.stock(product_id))
                except AuthFailed:
                    raise
                except DeskError:
                    pass
                else:
                    self._named()
                await self._clock.sleep(PAUSE_SECONDS)
            await self._news.wait()


async def name_orders(client: VendorClient, rows: BoardRows, orders: Iterable[Order]) -> None:
    """Ask for the names of values that no cache knows: each product once, a few at most.

    What cannot be asked keeps its id: a list is worth more than the names in it.

    Args:
        client: whom to ask.
        rows: what is named, and learns.
        orders: what is listed.

    Raises:
        AuthFailed: the key was rejected.
    """
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            for product_id in rows.nameless_of(orders)[:MOST_ASKED]:
                try:
                    rows.learn(stock=await client.stock(product_id))
                except AuthFailed:
                    raise
                except DeskError:
                    continue
    except TimeoutError:
        return
