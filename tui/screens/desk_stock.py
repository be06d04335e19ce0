"""The stock of the highlighted product: asked for when the cursor rests, and kept for a moment."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from textual.reactive import var
from textual.timer import Timer

from services.domain.book import NO_STOCKS
from services.domain.errors import Failure
from services.domain.local_time import local_minute
from services.domain.models import Denomination, Product, Stock
from tui.screens.base import ConsoleContext, ConsoleScreen
from tui.screens.requests import StockRequest

REST_SECONDS = 0.15
"""Seconds a product has to stay highlighted before its stock is asked for."""

FRESH_SECONDS = 15.0
"""Seconds for which stock that was read is shown again without asking."""


class StockFollowing(ConsoleScreen[None]):
    """A screen with a chosen product, whose stock follows it."""

    product: var[Product | None] = var[Product | None](None)
    stock: var[Stock | None] = var[Stock | None](None)
    stock_error: var[Failure | None] = var[Failure | None](None)
    stock_busy: var[bool] = var(False)

    def __init__(self, context: ConsoleContext) -> None:
        super().__init__(context)
        self._rest: Timer | None = None
        self._seen: Mapping[str, Stock] = NO_STOCKS
        self._empty_since: dict[str, datetime | None] = {}

    def choose(self, product: Product | None, *, shown: bool) -> None:
        """Take the product under the cursor; its stock is read soon if it is `shown`."""
        if product is None or self.product is None or product.id != self.product.id:
            self.stock_error, self.stock_busy = None, False
            self.stock = self.book.stocks.get(product.id) if product else None
            self.product = product
        if self._rest is not None:
            self._rest.stop()
            self._rest = None
        if product is not None and shown:
            self._rest = self.set_timer(REST_SECONDS, self._rested)

    def _rested(self) -> None:
        self._rest = None
        self.read_stock()

    def read_stock(self, *, fresh: bool = False) -> None:
        """Ask for the stock, unless it is being read, or young and no key asked for `fresh`."""
        product, stock = self.product, self.stock
        if product is None or self.stock_busy:
            return
        if stock is not None and self.now is not None and not fresh:
            age = (self.now - stock.read_at).total_seconds()
            if age < FRESH_SECONDS:
                return
        self.stock_busy = True
        self.post_message(StockRequest(product, reply=partial(self.show_stock, product)))

    def watch_book(self) -> None:
        """Follow the stock, no matter who read it."""
        super().watch_book()
        seen, self._seen = self._seen, self.book.stocks
        for product_id, stock in self._seen.items() if self._seen is not seen else ():
            if (before := seen.get(product_id)) is not stock:
                self._note_what_is_gone(before, stock)
        stock = self._seen.get(self.product.id) if self.product else None
        if stock is not None and stock is not self.stock:
            self.stock, self.stock_error = stock, None
            self.stock_shown()

    def show_stock(self, product: Product, _: Stock | None, error: Failure | None) -> None:
        """Take that the stock was read and is in the book, or why it could not be read."""
        if self.product is not None and self.product.id == product.id:
            self.stock_busy, self.stock_error = False, error
            self.stock_shown()

    def sold_out(self, denomination: Denomination | None) -> str:
        """Say that a denomination is out of stock and since when that is known; else nothing."""
        if denomination is None or denomination.quantity > 0:
            return ""
        if denomination.closed:
            key = self.context.keymap.shown("refresh")
            return f"Nothing was bought: this is {denomination.closed}. {key} reads it again."
        since = self._empty_since.get(denomination.id)
        at = f" since {local_minute(since)}" if since else ""
        return f"Out of stock{at}. {self.context.keymap.shown('refresh')} asks again."

    def _note_what_is_gone(self, before: Stock | None, stock: Stock) -> None:
        """Remember when a denomination was first read as empty; None: it never was otherwise."""
        for denomination in stock.denominations:
            if denomination.quantity > 0:
                self._empty_since.pop(denomination.id, None)
            elif denomination.id not in self._empty_since:
                known = before is not None and before.find(denomination.id) is not None
                self._empty_since[denomination.id] = stock.read_at if known else None

    def stock_shown(self) -> None:
        """Take note that the stock of the chosen product is another one."""
