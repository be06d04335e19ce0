"""The stock of the highlighted product: asked for when the cursor rests, and kept for a moment."""

from textual.reactive import var
from textual.timer import Timer

from services.models import Product, Stock
from tui.screens.base import ConsoleScreen, Frame
from tui.screens.errands import StockWanted

REST_SECONDS = 0.15
"""Seconds a product has to stay highlighted before its stock is asked for."""

FRESH_SECONDS = 15.0
"""Seconds for which stock that was read is shown again without asking."""


class StockFollowing(ConsoleScreen[None]):
    """A screen with a chosen product, whose stock follows it."""

    product: var[Product | None] = var[Product | None](None)
    stock: var[Stock | None] = var[Stock | None](None)
    stock_error: var[str] = var("")
    stock_busy: var[bool] = var(False)

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._rest: Timer | None = None
        self._stocks: dict[str, Stock] = {}

    def choose(self, product: Product | None, *, shown: bool) -> None:
        """Take the product under the cursor; its stock is read soon if it is `shown`."""
        if product is None or self.product is None or product.id != self.product.id:
            self.stock_error, self.stock_busy = "", False
            self.stock = self._stocks.get(product.id) if product else None
            self.product = product
        if self._rest is not None:
            self._rest.stop()
        if product is not None and shown:
            self._rest = self.set_timer(REST_SECONDS, self.read_stock)

    def read_stock(self, *, fresh: bool = False) -> None:
        """Ask for the stock, unless it is being read, or young and nobody asked for `fresh`."""
        product, stock = self.product, self.stock
        if product is None or self.stock_busy:
            return
        if stock is not None and self.now is not None and not fresh:
            age = (self.now - stock.read_at).total_seconds()
            if age < FRESH_SECONDS:
                return
        self.stock_busy = True
        self.post_message(StockWanted(self, product))

    def show_stock(self, product: Product, stock: Stock | None, error: str) -> None:
        """Take the stock that was read, or why it could not be read."""
        if stock is not None:
            self._stocks[product.id] = stock
        if self.product is not None and self.product.id == product.id:
            self.stock_busy, self.stock_error = False, error
            self.stock = stock or self.stock
            self.stock_shown()

    def stock_shown(self) -> None:
        """Be told that the stock of the chosen product is another one."""
