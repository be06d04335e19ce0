"""A product's values with their prices and what is in stock."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.reactive import var

from services.domain.book import BoardOrder, Book
from services.domain.errors import Failure
from services.domain.local_time import local_day_name
from services.domain.models import Denomination, OrderStatus, Product, Stock, goods_ids
from services.domain.money import Prices, exact
from services.domain.text import cell_width, natural
from services.domain.typed.product_names import ANY_REGION
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.drawing.cells import amount, and_again, goods, stock_count_cell
from widgets.drawing.ink import Cell, inert

if TYPE_CHECKING:
    from services.domain.watching.price_history import PriceHistory
    from services.domain.watching.watch import GoodsWatch

VALUE = Column("name", "value", least=5)
PRICE = Column("price", "price", 5, "right", searched=False)
COST = Column("cost", "cost", 4, "right", leaves=1, searched=False)
MARGIN = Column("margin", "margin", 6, "right", leaves=2, searched=False)
SOLD = Column("sold", "sold today", 10, "right", leaves=3, searched=False)
STOCK = Column("stock", "stock", 5, "right", searched=False)
WAS = Column("was", "cost was", 10, "right", leaves=4, searched=False)
COLUMNS = (VALUE, PRICE, COST, MARGIN, SOLD, STOCK)
WITH_PAST = (VALUE, PRICE, COST, WAS, MARGIN, SOLD, STOCK)
MARK = Column("mark", "", 1, searched=False, gap=1)
WATCHED = "w"
LEGEND = "w watched"
DISCREET = (VALUE, PRICE, SOLD, STOCK)
LONGEST_VALUE = 12
FRESH = timedelta(seconds=75)
"""What is in sight is read again after a minute, which takes its time."""


class StockPane(Board[Denomination]):
    """The stock of one product as it was last read; keys are denomination ids.

    The price is what the customer pays, the cost what the desk does. In privacy mode cost and
    margin have no column.
    """

    NO_ROW = "No value is highlighted."

    book: var[Book | None] = var[Book | None](None)
    product: var[Product | None] = var[Product | None](None)
    stock: var[Stock | None] = var[Stock | None](None)
    error: var[Failure | None] = var[Failure | None](None)
    busy: var[bool] = var(False)
    prices: var[Prices] = var(Prices())

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            row_id=lambda denomination: denomination.id,
            cells=self._denomination_cells,
            search=lambda denomination: denomination.name,
            sort_keys={
                "name": lambda d: natural(d.name),
                "price": self._price,
                "cost": lambda d: d.price,
                "margin": lambda d: self._price(d) - d.price,
                "sold": lambda d: self._sold[d.id],
                "stock": lambda d: d.quantity,
            },
            heading="Stock",
            news=_news,
            id=id,
            classes=classes,
        )
        self._orders: tuple[BoardOrder, ...] = ()
        self._sold: Counter[str] = Counter()
        self._histories: Mapping[str, PriceHistory] | None = None
        self._was: dict[str, str] = {}
        self._watches: tuple[GoodsWatch, ...] = ()
        self._watched: dict[str, str] = {}

    def watch_book(self, book: Book | None) -> None:
        """Count what was sold today, say what values cost before, and mark what is watched."""
        if book is not None and book.orders is not self._orders:
            self._orders = book.orders
            self._count_sold()
        if book is not None and book.histories is not self._histories:
            self._histories = book.histories
            if self._look_back():
                self._draw_again()
        if book is not None and book.watches is not self._watches:
            self._watches = book.watches
            if self._mark_watched():
                self._draw_again()

    def watch_privacy(self, privacy: bool) -> None:
        """Show the price that is meant for the eyes in front of the screen."""
        self._fit_columns()
        # An order by margin would tell the margin all the same.
        if privacy and self.sort.removeprefix("-") in (MARGIN.id, COST.id):
            self.sort = ""

    def watch_product(self) -> None:
        """Name the product whose stock is shown or being read, from its first value on."""
        self.begin_again()
        self._show_current()

    def watch_stock(self) -> None:
        self._show_current()

    def watch_error(self) -> None:
        """Say why the stock could not be read."""
        self._say()

    def watch_busy(self) -> None:
        self._say()

    def watch_prices(self) -> None:
        """Show other prices and margins."""
        self.forget_drawn()
        self._fit_columns()
        self.patch()

    def watch_now(self) -> None:
        self._say()

    def counting(self) -> bool:
        return False

    def describe(self, row: Denomination) -> str:
        """Name the product as well, and what the value cost before."""
        was = "" if self.privacy else self._was.get(row.id, "")
        watched = self._watched.get(row.id, "")
        parts = (
            self._goods(),
            row.name,
            f"cost was {was}" if was else "",
            f"watched for {watched}" if watched else "",
        )
        return ", ".join(part for part in parts if part)

    def watched_for(self, value: Denomination) -> str:
        """Say in words what a value is watched for; nothing where it is not."""
        return self._watched.get(value.id, "")

    def _subject(self) -> str:
        if self.product is None:
            return self._title()
        return f"{self._title()} · {self.product.region or ANY_REGION}"

    def _goods(self) -> str:
        return goods(self._title(), self.product)

    def _title(self) -> str:
        stock = self._current
        return stock.product_title if stock else self.product.title if self.product else ""

    @property
    def _current(self) -> Stock | None:
        """The reading, unless it is of another product than the one shown."""
        if self.stock and self.product and self.stock.product_id != self.product.id:
            return None
        return self.stock

    def _show_current(self) -> None:
        self._say()
        self._count_sold()
        self._look_back()
        self._mark_watched()
        self._fit_columns()
        self.show_rows(self._current.denominations if self._current else ())

    def _fit_columns(self) -> None:
        """Give every column what its longest figure takes: a product has few values."""
        rows = tuple(map(self._texts, self._current.denominations)) if self._current else ()

        def fitted(column: Column) -> Column:
            longest = max((cell_width(row[column.id]) for row in rows), default=0)
            if column.width:
                return replace(column, width=max(column.width, longest))
            return replace(column, least=min(max(column.least, longest), LONGEST_VALUE))

        shown = DISCREET if self.privacy else WITH_PAST if self._was else COLUMNS
        marks = (MARK,) if self._watched else ()
        self.show_columns([fitted(each) for each in (*marks, *shown)])
        self.legend = LEGEND if marks else ""

    def _draw_again(self) -> None:
        self._fit_columns()
        self.forget_drawn()
        self.patch()

    def _mark_watched(self) -> bool:
        """Work out which values are watched and for what; returns whether that is news."""
        stock = self._current
        found = {
            value.id: watch.wants.words
            for watch in sorted(self._watches, key=lambda watch: watch.type_id)
            for value in (stock.denominations if stock else ())
            if stock and watch.product_id == stock.product_id
            if watch.type_id in ("", value.id)
        }
        if found == self._watched:
            return False
        self._watched = found
        return True

    def _look_back(self) -> bool:
        """Work out what each value cost before; returns whether that is news."""
        stock, found = self._current, dict[str, str]()
        points = self._histories.get(stock.product_id) if stock and self._histories else None
        if stock and points:
            from services.domain.watching.price_history import before

            for value in stock.denominations:
                past = None if value.closed else before(points.get(value.id, ()), value.price)
                if past is not None:
                    found[value.id] = f"{exact(past.price)} {local_day_name(past.at, self.now)}"
        if found == self._was:
            return False
        self._was = found
        return True

    def _count_sold(self) -> None:
        stock = self._current
        if stock is None or self.now is None:
            return
        today, sold = self.now.astimezone().date(), Counter[str]()
        for order in self._orders:
            ours = order.mine and order.order_id and order.product_id == stock.product_id
            if ours and order.time.astimezone().date() == today:
                sold[order.type_id] += _kept(order)
        if sold != self._sold:
            self._sold = sold
            self.forget_drawn()
            self.patch()

    def _say(self) -> None:
        stock = self._current
        self.show_age("Stock", stock.read_at if stock else None, self.error, FRESH)
        self.subject = self._subject()
        if self.error:
            said = and_again(self.error, self.privacy)
            self.placeholder = f"The stock could not be read. {said}"
        elif self.product is None and stock is None:
            self.placeholder = "Select a product in the catalogue: enter shows its values here."
        elif stock is None or self.busy:
            self.placeholder = "Reading stock and prices …"
        else:
            self.placeholder = "The vendor lists no value of this product. r asks again."

    def _price(self, denomination: Denomination) -> Decimal:
        return self.prices.price(denomination.price, *goods_ids(self.product, denomination))

    def _too_low(self, denomination: Denomination) -> bool:
        """Whether the price leaves less than the floor of margin; no customer needs to know."""
        return not self.privacy and self._floor(denomination) is not None

    def _floor(self, denomination: Denomination) -> Decimal | None:
        return self.prices.broken_floor(denomination.price, *goods_ids(self.product, denomination))

    def _texts(self, denomination: Denomination) -> Mapping[str, str]:
        """Return what is in the columns of one value."""
        cost, price = denomination.price, self._price(denomination)
        sold = self._sold[denomination.id]
        closed = denomination.closed
        mark = "! " if self._too_low(denomination) else ""
        return {
            "mark": WATCHED if denomination.id in self._watched else "",
            "name": inert(denomination.name),
            "price": "" if closed else f"{mark}{amount(price)}",
            "cost": "" if closed else exact(cost),
            "was": self._was.get(denomination.id, ""),
            "margin": "" if closed else exact(price - cost),
            "sold": str(sold) if sold else "",
            "stock": inert(closed) if closed else stock_count_cell(denomination.quantity).text,
        }

    def _denomination_cells(self, denomination: Denomination, _: View) -> dict[str, Cell]:
        here = denomination.quantity > 0 and not denomination.closed
        stock = "dim" if denomination.closed else stock_count_cell(denomination.quantity).ink
        inks = {"name": "plain" if here else "dim", "price": "strong" if here else "dim"}
        inks["mark"] = "key"
        inks["stock"] = stock
        if not denomination.closed and self._too_low(denomination):
            inks |= {"price": "alert", "margin": "alert"}
        texts = self._texts(denomination)
        return {name: Cell(text, inks.get(name, "dim")) for name, text in texts.items()}


def _kept(order: BoardOrder) -> int:
    """Return how many cards of an order are sold in the end, as far as is known."""
    if order.state == OrderStatus.REFUNDED:
        return 0
    partial = order.state == OrderStatus.PARTIALLY_FILLED
    return (order.fulfilled_quantity or 0) if partial else order.quantity


def _news(before: Denomination, now: Denomination) -> frozenset[str]:
    figures = {"cost": (before.price, now.price), "stock": (before.quantity, now.quantity)}
    changed = {name for name, (old, new) in figures.items() if old != new}
    return frozenset(changed | ({"price"} if "cost" in changed else set()))
