"""The stock in sight: read again each minute, while somebody is here."""

from functools import partial
from typing import TYPE_CHECKING

from services.domain.errors import Failure
from services.domain.models import Product, Stock
from tui.screens.base import ConsoleScreen
from tui.screens.desk_stock import StockFollowing
from tui.screens.requests import StockRefreshRequest

if TYPE_CHECKING:
    from tui.console.app import ConsoleApp

STOCK_SECONDS = 60.0
"""How old a stock in sight gets before it is read again."""

ABSENT_MINUTES = 5
"""Without a key for so long the operator is away, where no lock says so sooner."""


class StockInSight:
    """Keeps the stock that a screen shows young."""

    def __init__(self, console: "ConsoleApp") -> None:
        self._console = console
        self._asked_at = float("-inf")

    def ask_soon(self) -> None:
        """Wait no longer with what could not be read: the vendor answers again."""
        self._asked_at = float("-inf")

    def refresh(self) -> None:
        """Ask for the stock if it is in sight and old or failed, and the operator is here."""
        console, screen = self._console, self._console.screen
        steady = console.clock.steady()
        away = (console.settings.ui.lock_minutes or ABSENT_MINUTES) * 60
        if console.lock.locked or steady - console.touched_at >= away:
            return
        product = screen.stock_in_sight() if isinstance(screen, ConsoleScreen) else None
        # One that could not be read is asked for no sooner than one that could.
        if product is None or console.now is None or steady - self._asked_at < STOCK_SECONDS:
            return
        stock = console.book.stocks.get(product.id)
        failed = isinstance(screen, StockFollowing) and screen.stock_error is not None
        old = stock is not None and (console.now - stock.read_at).total_seconds() >= STOCK_SECONDS
        if old or (stock is None and failed):
            self._asked_at = steady
            console.post_message(StockRefreshRequest(product, reply=partial(self._show, product)))

    def _show(self, product: Product, stock: Stock | None, error: Failure | None) -> None:
        for screen in self._console.console_screens() if error else ():
            if isinstance(screen, StockFollowing):
                screen.show_stock(product, stock, error)
