"""The lines of a sale: what each is, what the customer pays for it, and how far it is."""

from textual.reactive import var

from services.domain.book import Book
from services.domain.money import exact, show
from services.domain.shop.sale import LineOutcome, Sale, SaleLine
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.board.row_line import RowCell
from widgets.drawing.cells import state_cell
from widgets.drawing.fit import Part
from widgets.drawing.ink import Cell
from widgets.drawing.waiting import next_check
from widgets.panes.order_cells import (
    COST,
    MARGIN,
    NO_AMOUNT,
    PRICE,
    QUANTITY,
    STATE_COLUMN,
    WHAT,
    WIDEST,
    product_pieces,
    state_pieces,
)

EACH = Column("each", "each", 7, "right", leaves=3, searched=False)
COLUMNS = (WHAT, QUANTITY, EACH, PRICE, COST, MARGIN, STATE_COLUMN)
ALL_COLUMNS = frozenset(column.id for column in COLUMNS)
EMPTY = "There is no line in this sale yet. a goes to the desk: a on a value there adds it."


class SaleLines(Board[SaleLine]):
    """The lines of one sale, in the order in which they are bought; keys are their numbers."""

    NO_ROW = "There is no line in this sale."

    book: var[Book | None] = var[Book | None](None)
    sale: var[Sale | None] = var[Sale | None](None)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            row_id=lambda line: str(line.number),
            cells=self._line_cells,
            search=lambda line: line.goods,
            heading="Sale",
            news=_news,
            id=id,
        )
        self.set_reactive(SaleLines.placeholder, EMPTY)

    def watch_sale(self, sale: Sale | None) -> None:
        """List the lines as they are now, and say for whom they are."""
        self.show_rows(sale.lines if sale else ())
        self.subject = sale.customer if sale else ""
        self._say()

    def watch_book(self) -> None:
        self._say()

    def watch_now(self) -> None:
        """Count down to the next check."""
        self._say()

    def _say(self) -> None:
        """Say in the title how much it is, and when the vendor is asked next."""
        sale, book = self.sale, self.book
        if sale is None:
            return
        facts = [Part((Cell(sale.words if sale.lines else "", "dim"),), leaves=3)]
        pending = any(line.pending for line in sale.lines)
        if book and pending and (check := next_check(book.poll, self.now)):
            facts.append(Part((check,), leaves=2, end=True))
        self.title_facts = tuple(facts)

    def _line_cells(self, line: SaleLine, view: View) -> dict[str, RowCell]:
        done = line.left or line.handed_over
        plain = "dim" if done else "plain"
        room = view.room.get(WHAT.id, WIDEST)
        price, cost = line.total_price, line.total_cost
        return {
            "what": product_pieces(
                line.product_title, line.type_name, line.region or None, room, plain
            ),
            "qty": Cell(str(line.quantity), plain),
            "each": Cell(show(line.price), "dim"),
            "price": Cell(NO_AMOUNT if line.left else show(price), "dim" if done else "strong"),
            "cost": Cell("" if line.left else exact(cost), "dim"),
            "margin": Cell("" if line.left else exact(price - cost), "dim"),
            "state": self._state(line, view),
        }

    def _state(self, line: SaleLine, view: View) -> RowCell:
        order = line.order
        if line.outcome is LineOutcome.TO_BUY:
            return Cell("to buy", "key")
        if order is None:
            return Cell("! not bought", "warn")
        if line.outcome is LineOutcome.LEFT_OUT:
            return state_cell(order.state)
        usual = self.book.usual_time(order) if self.book else None
        return state_pieces(order, view, usual)


def _news(before: SaleLine, now: SaleLine) -> frozenset[str]:
    if before.outcome is not now.outcome:
        return ALL_COLUMNS
    states = [line.order.state_words if line.order else "" for line in (before, now)]
    return ALL_COLUMNS if states[0] != states[1] else frozenset()
