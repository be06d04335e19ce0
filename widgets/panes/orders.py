"""The order board: the account's open orders and those of the last hours, ours and others'."""

from textual.reactive import var

from services.domain.book import BoardOrder, Book
from services.domain.local_time import same_day
from services.domain.money import Prices
from widgets.board.board import Board, View
from widgets.board.row_line import RowCell
from widgets.drawing.cells import and_again, stale_words, why_forms
from widgets.drawing.fit import Part
from widgets.drawing.ink import Cell
from widgets.drawing.waiting import in_short, next_check
from widgets.panes.order_cells import COLUMNS, COUNTED, order_cells
from widgets.panes.order_filters import PREFIXES, order_search, order_words, sort_keys

ALL_COLUMNS = frozenset(column.id for column in COLUMNS)
NOTHING_NEW: frozenset[str] = frozenset()


class OrderBoard(Board[BoardOrder]):
    """The book's orders: open ones first, then those to hand over, newest first; keys are `line`s.

    An order that was chosen keeps its place among those to hand over when it is handed over.
    """

    NO_ROW = "No order is highlighted."

    book: var[Book | None] = var[Book | None](None)
    prices: var[Prices] = var(Prices())
    hours: var[int] = var(24)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            row_id=lambda order: order.line,
            cells=self._order_cells,
            search=order_search,
            sort_keys=sort_keys(lambda: self.prices),
            prefixes=PREFIXES,
            heading="Orders",
            newest_first=True,
            news=_news,
            id=id,
            classes=classes,
        )
        self._orders: tuple[BoardOrder, ...] = ()
        self._bought = ""

    def watch_book(self, book: Book | None) -> None:
        """Show the orders of a newer book, and how current they are."""
        orders = book.orders if book else ()
        if orders is not self._orders:
            self._orders = orders
            self._arrange()
        self.stale = stale_words(book.poll) if book and book.orders else ""
        self.why = why_forms(book.poll.failure, self.privacy) if book and self.stale else ()
        self.placeholder = self._absence(book)
        self._say()

    def point_at(self, row_id: str) -> None:
        """Put the cursor on the order just bought, which keeps its place however often it is read.

        It is also where `enter_pane` leads back to.
        """
        self._bought = row_id
        super().point_at(row_id)
        self._arrange()

    def enter_pane(self) -> None:
        """Put the cursor on the order bought last until it is handed over; then on the first row.

        An order that was refunded or refused keeps the cursor, and so does one that the operator
        went to himself: the first row may be another customer's. A filter moves nothing.
        """
        if self.filter_text:
            return
        bought, row = self.find(self._bought), self.highlighted
        if bought is not None and (not bought.final or bought.to_give):
            if bought is not row:
                self.point_at(bought.line)
        elif row is not None and row.line == self.chosen and row.final and row.given_at is not None:
            self.begin_again()
            self._settle()
            self._arrange()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the row that the keys act on; without the focus the newest ones."""
        super().watch_has_focus(has_focus)
        if has_focus:
            self._reveal_cursor()
        else:
            self._scroll_by_rows(-self.scroll_offset.y)

    def _reveal_cursor(self) -> None:
        if self.has_focus:
            super()._reveal_cursor()

    def counting(self) -> bool:
        return any(order.state in COUNTED for order in self._orders)

    def watch_now(self) -> None:
        """Count down to the next check."""
        self._say()

    def watch_prices(self) -> None:
        """Show other prices and margins."""
        self.forget_drawn()
        self.patch()

    def _arrange(self) -> None:
        self.show_rows(tuple(sorted(self._orders, key=self._rank)))

    def _rank(self, order: BoardOrder) -> int:
        if not order.final:
            return 0
        # What was chosen does not move away when it is handed over.
        return 1 if (order.mine and order.to_give) or order.line == self.chosen else 2

    def _say(self) -> None:
        """Say in the title what is open, what is to be handed over, and when the vendor is asked.

        With nothing open it says how many orders there are today: nothing there moves.
        """
        handling = sum(order.state == "HANDLING" for order in self._orders)
        waiting = sum(order.mine and order.to_give for order in self._orders)
        facts: list[Part] = []
        if handling:
            facts.append(Part((Cell(f"○ {handling} handling", "busy"),), leaves=6))
        if waiting:
            facts.append(Part((Cell(f"● {waiting} to hand over", "good"),), leaves=5))
        end = self._next_check() or self._today()
        forms = tuple(dict.fromkeys((end, in_short(end))))
        self.title_facts = (*facts, Part(forms, leaves=2, end=True)) if end.text else tuple(facts)

    def _next_check(self) -> Cell | None:
        book = self.book
        return next_check(book.poll, self.now) if book and book.open_count else None

    def _today(self) -> Cell:
        today = [order for order in self._orders if same_day(order.time, self.now)]
        return Cell(f"{len(today)} today" if today else "", "dim")

    def describe(self, row: BoardOrder) -> str:
        return order_words(row)

    def _order_cells(self, order: BoardOrder, view: View) -> dict[str, RowCell]:
        usual = self.book.usual_time(order) if self.book else None
        return order_cells(order, view, self.prices, usual)

    def _absence(self, book: Book | None) -> str:
        if book is None or book.poll.state == "starting":
            return "Reading the orders …"
        if book.poll.state in ("live", "following"):
            return f"No order in the last {self.hours} h. enter on a value opens a ticket."
        if book.poll.failure is None:
            return "No orders to show: the orders could not be read. r tries again."
        return f"No orders to show: {and_again(book.poll.failure, self.privacy)}"


def _news(before: BoardOrder, now: BoardOrder) -> frozenset[str]:
    return ALL_COLUMNS if before.state_words != now.state_words else NOTHING_NEW
