"""A product's denominations with their prices and what is in stock."""

from datetime import timedelta
from decimal import Decimal

from textual.reactive import var

from services.models import Denomination, Product, Stock
from services.text import natural
from widgets.board import Board, View
from widgets.cells import ago, amount, goods, old, percent, retail, stock_cell, why_words
from widgets.columns import Column
from widgets.ink import Cell

WHOLESALE = Column("price", "DZD each", 10, "right", searched=False)
RETAIL = Column("retail", "retail DZD", 12, "right", searched=False)
RETAIL_TOO = Column("retail", "retail DZD", 11, "right", leaves=1, searched=False)
MARGIN = Column("margin", "margin DZD", 11, "right", leaves=2, searched=False)
SHARE = Column("share", "margin %", 9, "right", leaves=3, searched=False)
STOCK = Column("stock", "stock", 12, searched=False)
NAME = Column("name", "card", least=10)
COLUMNS = (WHOLESALE, RETAIL_TOO, MARGIN, SHARE, STOCK, NAME)
FRESH = timedelta(minutes=1)


class StockPane(Board[Denomination]):
    """The stock of one product as it was last read; keys are denomination ids.

    Where there is room, the retail price and the margin stand beside the wholesale price, the
    margin in DZD and as a part of the retail price. In privacy mode the retail price stands alone.
    """

    product: var[Product | None] = var[Product | None](None)
    stock: var[Stock | None] = var[Stock | None](None)
    error: var[str] = var("")
    busy: var[bool] = var(False)
    markup_percent: var[Decimal] = var(Decimal(5))

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            key=lambda denomination: denomination.id,
            cells=self._denomination_cells,
            search=lambda denomination: denomination.name,
            sort_keys={
                "price": lambda d: d.price,
                "retail": self._retail,
                "margin": lambda d: self._retail(d) - d.price,
                "share": self._share,
                "stock": lambda d: d.quantity,
                "name": lambda d: natural(d.name),
            },
            heading="Stock",
            id=id,
            classes=classes,
        )

    def watch_privacy(self, privacy: bool) -> None:
        """Show the price that is meant for the eyes in front of the screen."""
        self.show_columns((RETAIL, STOCK, NAME) if privacy else COLUMNS)
        # An order by margin would tell the margin all the same.
        if privacy and self.sort.removeprefix("-") in (MARGIN.id, SHARE.id, WHOLESALE.id):
            self.sort = ""

    def watch_product(self) -> None:
        """Name the product whose stock is shown or being read."""
        self._show_current()

    def watch_stock(self) -> None:
        """Show what was read."""
        self._show_current()

    def watch_error(self) -> None:
        """Say why the stock could not be read."""
        self._say()

    def watch_busy(self) -> None:
        """Say that the stock is being read."""
        self._say()

    def watch_now(self) -> None:
        """Let the age of the reading grow."""
        self._say()

    @property
    def _current(self) -> Stock | None:
        """The reading, unless it is of another product than the one shown."""
        if self.stock and self.product and self.stock.product_id != self.product.id:
            return None
        return self.stock

    def _show_current(self) -> None:
        self._say()
        self.show_rows(self._current.denominations if self._current else ())

    def _say(self) -> None:
        stock = self._current
        title = stock.product_title if stock else self.product.title if self.product else ""
        read = f"read {ago(stock.read_at, self.now)}" if stock else ""
        self.heading = f"Stock · {read}" if read else "Stock"
        self.subject = goods(title, self.product)
        failed = bool(self.error) and stock is not None
        aged = stock is not None and old(stock.read_at, self.now, FRESH)
        self.stale = "read failed: stale" if failed else "stale" if aged else ""
        self.why = why_words(self.error) if failed else ""
        if self.error:
            self.placeholder = f"The stock could not be read. {self.error} r tries again."
        elif self.product is None and stock is None:
            self.placeholder = "Choose a product in the catalogue: enter shows its stock here."
        elif stock is None or self.busy:
            self.placeholder = "Reading stock and prices ..."
        else:
            self.placeholder = "The vendor lists no denomination of this product. r asks again."

    def _retail(self, denomination: Denomination) -> Decimal:
        return retail(denomination.price, self.markup_percent)

    def _share(self, denomination: Denomination) -> Decimal:
        sold = self._retail(denomination)
        return (sold - denomination.price) / sold if sold else Decimal(0)

    def _denomination_cells(self, denomination: Denomination, _: View) -> dict[str, Cell]:
        price = denomination.price
        sold = self._retail(denomination)
        return {
            "price": Cell(amount(price)),
            "retail": Cell(amount(sold)),
            "margin": Cell(amount(sold - price)),
            "share": Cell(percent(sold - price, sold), "dim"),
            "stock": stock_cell(denomination.quantity),
            "name": Cell(denomination.name, "plain" if denomination.quantity > 0 else "dim"),
        }
