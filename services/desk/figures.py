"""The figures a purchase depends on, stock and balance: read, and put into the book at once."""

import contextlib
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.domain.errors import FOREIGN_CURRENCY, DeskError, Refused
from services.domain.models import Balance, Stock
from services.domain.money import DINARS
from services.vendor.client import VendorClient
from services.vendor.rate_limit import Priority, priority


class Figures:
    """Every reading of a stock or of the balance passes here.

    So no two places of the screen show different figures of one thing.

    Args:
        client: reads of the vendor.
        keeper: the book that holds what was read last.
    """

    def __init__(self, client: VendorClient, keeper: BookPublisher) -> None:
        self._client: Final = client
        self._keeper: Final = keeper

    async def stock(self, product_id: str, *, background: bool = False) -> Stock:
        """Return a product's denominations with price and stock, read now; raises DeskError.

        `background`: no person waits for it, so what a person waits for goes first.
        """
        with priority(Priority.BACKGROUND) if background else contextlib.nullcontext():
            stock = await self._client.stock(product_id)
        known = self._keeper.book.stocks.get(product_id)
        # A reading that was overtaken by a later one is no news.
        if known is None or known.read_at <= stock.read_at:
            self._keeper.publish(stocks={**self._keeper.book.stocks, product_id: stock})
        return stock

    async def balance(self) -> Balance:
        """Return the balance, read now.

        Raises:
            Refused: it is in another currency than the dinar, in which everything here is counted.
            DeskError: it could not be read.
        """
        try:
            balance = await self._client.balance()
            if balance.currency:
                cause = f"balance is in {balance.currency}"
                words = f"The vendor's {cause}"
                raise Refused(words, cause=cause, advice=DINARS, code=FOREIGN_CURRENCY)
        except DeskError as error:
            self._keeper.publish(balance_error=error.failure)
            raise
        self._keeper.publish(balance=balance, balance_error=None)
        return balance
