"""Everything that is known of one order: where it is, what it cost, and what happened to it."""

from datetime import datetime
from itertools import zip_longest

from textual.reactive import var

from services.domain.book import BoardOrder
from services.domain.errors import Failure
from services.domain.local_time import local_clock, local_time, local_when
from services.domain.models import Order, Purchase
from services.domain.money import Prices
from services.domain.status_text import error_facts, not_handed_over, order_words
from services.domain.text import clean, short_id
from services.domain.timeline import Timeline
from widgets.drawing.cells import (
    amount,
    and_again,
    dinars,
    discreet,
    failure_words,
    purchase_sentence,
)
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted
from widgets.drawing.rules import beside, boxed, rule
from widgets.drawing.sheet import Sheet, fact, sentence
from widgets.drawing.steps import entry_lines

TWO_COLUMNS = 96
"""Cells from which what happened is beside the facts."""

FEW_LINES = 4
"""Lines up to which there is no title, and the first line says the most in few words."""

INDENT = Cell("  ")


class OrderDetail(Sheet):
    """The facts of an order of the board, of its purchase if it is ours, and a fresh reading of it.

    `order` is the vendor's last word and holds no cards; `error` is why there is none. `timeline`
    is what the journal knows of it. `shown` says who saw a card last. `way_here` is the key that
    leads here while not all of it is in sight. It is the lower end of a `box`. `language` is the
    customer's.
    """

    DRAWN_FROM = (
        *("board_order", "order", "purchase", "timeline", "error", "busy", "privacy", "prices"),
        *("shown", "way_here", "box", "now", "language"),
    )

    board_order: var[BoardOrder | None] = var[BoardOrder | None](None)
    order: var[Order | None] = var[Order | None](None)
    purchase: var[Purchase | None] = var[Purchase | None](None)
    timeline: var[Timeline | None] = var[Timeline | None](None)
    error: var[Failure | None] = var[Failure | None](None)
    busy: var[bool] = var(False)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    prices: var[Prices] = var(Prices())
    shown: var[str] = var("")
    language: var[str] = var("en")
    way_here: var[str] = var("")
    box: var[bool] = var(False)

    @property
    def page(self) -> int:
        return max(1, super().page - self.box)

    @property
    def _short(self) -> bool:
        return self.size.height <= FEW_LINES

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the part in sight, and the lower edge of the box."""
        if not self.box:
            return super().draw(width, height)
        inner = width - 2
        lines = super().draw(inner, height - 1)
        half = self._half(inner)
        edge = beside(rule(half), half, rule(inner - half - 1), "┴") if half else rule(inner)
        return boxed([*lines, fitted(edge, inner)], bottom=True)

    def heading_lines(self, width: int) -> list[Line]:
        """Return the titles of both parts, and how much of them is out of sight."""
        if self._short:
            return []
        title = (Cell(" Facts ", "title" if self.has_focus else "title-blurred"),)
        words = self._place()
        place = (Cell(words, "dim"),) if words else ()
        half = self._half(width)
        if not half:
            return [rule(width, title, place)]
        second = rule(width - half - 1, (Cell(" What happened ", "title-blurred"),), place)
        return [beside(rule(half, title), half, second, "┬")]

    def text_lines(self, width: int) -> list[Line]:
        """Return the state and what it means, then the facts; what happened below or beside it."""
        row = self.board_order
        if row is None:
            words = failure_words(self.error, self.privacy) or "Reading the order …"
            return sentence(words, width, "dim")
        half = self._half(width)
        first = [(INDENT, *line) for line in self._known(row, (half or width) - len(INDENT.text))]
        second = [
            (INDENT, *line) for line in self._happened((width - half - 1 if half else width) - 3)
        ]
        if not half:
            title = [rule(width, (Cell(" What happened ", "title-blurred"),))] if second else []
            return [*first, *title, *second]
        missing = self.page - max(len(first), len(second))
        blank: list[Line] = [()] * max(0, missing)
        return [
            beside(one, half, other)
            for one, other in zip_longest([*first, *blank], [*second, *blank], fillvalue=())
        ]

    @staticmethod
    def _half(width: int) -> int:
        """Return how wide the facts are where what happened is beside them, else 0."""
        return width // 2 if width >= TWO_COLUMNS else 0

    def _place(self) -> str:
        """Return which lines of how many are in sight; nothing where all of them are."""
        top, page, length = self.scroll_offset.y, self.page, self._length
        if length <= page:
            return ""
        shown = f"{top + 1}-{min(top + page, length)} of {length} lines"
        return shown if self.has_focus or not self.way_here else f"{shown}, {self.way_here}: more"

    def _known(self, row: BoardOrder, width: int) -> list[Line]:
        lines: list[Line] = []
        if self._short:
            lines = sentence(self._in_short(row), width, "dim")
            lines += sentence(self.shown, width, "dim")
        held = self.purchase
        words = purchase_sentence(held, self.now) if held else order_words(row)
        return [
            *lines,
            *sentence(discreet(words, self.privacy), width, "strong"),
            *self._origin(row, width),
            *self._money(row, width),
            *self._given(row, width),
            *self._problem(width),
        ]

    def _in_short(self, row: BoardOrder) -> str:
        order = f"order {short_id(row.order_id)}" if row.order_id else "no order id yet"
        cost = f"cost {dinars(row.total, self.privacy)}" if row.total is not None else ""
        return "   ".join(filter(None, (order, f"ordered {local_clock(row.time)}", cost)))

    def _happened(self, width: int) -> list[Line]:
        if self.timeline is None:
            return []
        lines = [
            line for e in self.timeline.entries for line in entry_lines(e, width, self.privacy)
        ]
        customer_lines: list[Line] = [(), (Cell("You can tell the customer", "dim"),)]
        for words in self.timeline.sentences(self.language):
            customer_lines += sentence(words, width)
        return [*lines, *customer_lines]

    def _origin(self, row: BoardOrder, width: int) -> list[Line]:
        purchase = self.purchase
        desk = row.operator or "this desk" if row.mine else "another desk"
        if purchase:
            desk = f"{desk} at {purchase.host}"
        lines = [
            *fact("order", clean(row.order_id) or "no order id yet", width),
            *fact("ordered", local_time(row.time), width),
            *fact("vendor", self._vendor(row), width),
            *fact("desk", desk, width),
        ]
        if purchase:
            lines += fact("purchase", purchase.id, width)
            lines += fact("request", purchase.request_id, width)
        return lines

    def _vendor(self, row: BoardOrder) -> str:
        order = self.order
        came = row.delivered
        if order is not None and order.delivered is not None:
            came = max(order.delivered, row.delivered or 0)
        said = order.status if order else row.state
        return f"{said}, {came} of {row.quantity}" if came is not None else said

    def _money(self, row: BoardOrder, width: int) -> list[Line]:
        order, purchase = self.order, self.purchase
        unit = order.price_per_card if order else None
        if unit is None and purchase:
            unit = purchase.unit_price
        charged = order.fulfilled_amount if order else None
        if charged is None and purchase:
            charged = purchase.fulfilled_amount
        cost = dinars(row.total, self.privacy)
        if cost and unit is not None and row.quantity > 1:
            cost = f"{cost}, {row.quantity} x {amount(unit, self.privacy)}"
        lines = fact("cost", cost, width)
        lines += fact("margin", dinars(row.margin(self.prices), self.privacy), width)
        if charged is not None and charged != row.total:
            lines += fact("charged", dinars(charged, self.privacy), width)
        return lines

    def _given(self, row: BoardOrder, width: int) -> list[Line]:
        if row.given_at:
            words = f"{local_when(row.given_at, self.now)} by {row.given_by}"
            return fact("handed over", words, width, "good")
        return fact("handed over", not_handed_over(row), width)

    def _problem(self, width: int) -> list[Line]:
        lines: list[Line] = []
        if self.purchase and self.purchase.error:
            facts = discreet(error_facts(self.purchase, self.purchase.error), self.privacy)
            lines += fact("error", facts, width, "warn")
        if self.error:
            lines += fact("reading", and_again(self.error, self.privacy), width, "warn")
        elif self.busy:
            lines += fact("reading", "asking the vendor …", width, "dim")
        return lines
