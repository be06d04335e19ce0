"""Everything that is known of one order: where it stands, what it cost, whose it is."""

from datetime import datetime
from itertools import zip_longest

from textual.reactive import var

from services.book_models import BoardOrder
from services.models import Order, Purchase
from services.text import clean
from services.wording import order_words
from widgets.cells import dinars, discreet, filled, local_time, local_when, since, state_cell
from widgets.ink import Cell, Line, fitted, line_width
from widgets.sentences import purchase_sentence
from widgets.sheet import Sheet, fact, sentence

TWO_COLUMNS = 96
"""Cells from which the facts stand in two columns."""


class OrderDetail(Sheet):
    """The facts of an order of the board, of its purchase if it is ours, and a fresh reading of it.

    `order` is the vendor's last word and holds no cards; `error` is why there is none. `way_here`
    is the key that leads here while not all of it is in sight.
    """

    DEFAULT_CSS = "OrderDetail { padding: 0 1; }"
    DRAWN_FROM = ("board_order", "order", "purchase", "error", "busy", "now", "privacy", "way_here")

    board_order: var[BoardOrder | None] = var[BoardOrder | None](None)
    order: var[Order | None] = var[Order | None](None)
    purchase: var[Purchase | None] = var[Purchase | None](None)
    error: var[str] = var("")
    busy: var[bool] = var(False)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    way_here: var[str] = var("")

    def heading(self, width: int) -> Line | None:
        """Return the state, and how much of the facts is out of sight."""
        row = self.board_order
        if row is None:
            return None
        title = Cell(" Order ", "title" if self.has_focus else "title-blurred")
        line = (title, Cell("  "), state_cell(row.state))
        top, page, length = self.scroll_offset.y, self.page, self._length
        if length <= page:
            return line
        shown = f"{top + 1}-{min(top + page, length)} of {length} lines"
        place = shown if self.has_focus or not self.way_here else f"{shown}, {self.way_here}: more"
        return (*line, Cell(place.rjust(max(0, width - line_width(line))), "dim"))

    def text_lines(self, width: int) -> list[Line]:
        """Return what is known, the state and what it means first."""
        row = self.board_order
        if row is None:
            words = discreet(self.error, self.privacy) or "Reading the order ..."
            return sentence(words, width, "dim")
        words = purchase_sentence(self.purchase, self.now) if self.purchase else order_words(row)
        words = discreet(words, self.privacy)
        return [
            *sentence(words, width, "strong"),
            (),
            *self._facts(row, width),
            *self._trouble(width),
        ]

    def _facts(self, row: BoardOrder, width: int) -> list[Line]:
        if width < TWO_COLUMNS:
            return [
                *self._goods(row, width),
                *self._money(row, width),
                *self._origin(row, width),
            ]
        half = min(width // 2, 72)
        left = [*self._goods(row, half - 2), *self._money(row, half - 2)]
        right = self._origin(row, width - half)
        return [
            (*(Cell(*part) for part in fitted(one, half)), *other)
            for one, other in zip_longest(left, right, fillvalue=())
        ]

    def _goods(self, row: BoardOrder, width: int) -> list[Line]:
        order = self.order
        fulfilled = row.fulfilled_quantity
        if order and order.fulfilled_quantity is not None:
            fulfilled = order.fulfilled_quantity
        return [
            *fact("product", row.product or row.product_id, width),
            *fact("denomination", row.denomination or row.type_id, width),
            *fact("cards", filled(fulfilled, row.quantity), width),
            *fact("note", row.note, width),
            *self._given(row, width),
        ]

    def _given(self, row: BoardOrder, width: int) -> list[Line]:
        if row.given_at:
            words = f"{local_when(row.given_at, self.now)} by {row.given_by}"
            return fact("given", words, width, "good")
        return fact("given", "not marked as given to the customer", width) if row.to_give else []

    def _money(self, row: BoardOrder, width: int) -> list[Line]:
        order, purchase = self.order, self.purchase
        unit = order.price_per_card if order else None
        if unit is None and purchase:
            unit = purchase.unit_price
        charged = order.fulfilled_amount if order else None
        if charged is None and purchase:
            charged = purchase.fulfilled_amount
        each = f"{dinars(unit, self.privacy)} each" if unit is not None else ""
        total = ", ".join(filter(None, (dinars(row.total, self.privacy), each)))
        return [
            *fact("total", total, width),
            *fact("charged", dinars(charged, self.privacy), width),
        ]

    def _origin(self, row: BoardOrder, width: int) -> list[Line]:
        purchase = self.purchase
        at = local_time(row.time)
        if self.now:
            at = f"{at}, {since(row.time, self.now)}"
        desk = f"this desk, {row.operator}" if row.operator else "this desk"
        lines = [
            *fact("order", clean(row.order_id) or "no order id yet", width),
            *fact("placed", at, width),
            *fact("desk", desk if row.mine else "another desk", width),
        ]
        if purchase:
            lines += fact("purchase", f"{purchase.id} on {purchase.host}", width, "dim")
            lines += fact("request", purchase.request_id, width, "dim")
        return lines

    def _trouble(self, width: int) -> list[Line]:
        lines: list[Line] = []
        if self.purchase and self.purchase.error:
            error = self.purchase.error
            facts = [error.message, error.code]
            lines += fact(
                "error", discreet(", ".join(filter(None, facts)), self.privacy), width, "warn"
            )
        if self.error:
            lines += fact(
                "reading", f"{discreet(self.error, self.privacy)} r tries again.", width, "warn"
            )
        elif self.busy:
            lines += fact("reading", "asking the vendor ...", width, "dim")
        return lines
