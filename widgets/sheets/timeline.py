"""The timeline of an order: what may be said, what it is, and what happened when."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import var

from services.domain.book import BoardOrder
from services.domain.errors import Failure
from services.domain.local_time import local_time
from services.domain.phrase import counted
from services.domain.status_text import not_handed_over
from services.domain.text import clean
from services.domain.timeline import Timeline, by_day, own_key
from widgets.drawing.cells import and_again, dinars, discreet, order_state_cell
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.ink import Cell, Line, wrap
from widgets.drawing.sheet import Sheet, fact, sentence
from widgets.drawing.steps import entry_lines


class TimelineSheet(Sheet):
    """A timeline, as far as it was read; `row` is what it is of while there is none.

    `busy` is whether the vendor is being asked for more, `error` why there is no timeline,
    `language` the customer's.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", show=False, id="open"),
    ]
    DEFAULT_CSS = "TimelineSheet { height: 1fr; }"
    DRAWN_FROM = ("row", "timeline", "error", "busy", "privacy", "language")

    row: var[BoardOrder | None] = var[BoardOrder | None](None)
    timeline: var[Timeline | None] = var[Timeline | None](None)
    error: var[Failure | None] = var[Failure | None](None)
    busy: var[bool] = var(False)
    privacy: var[bool] = var(False)
    language: var[str] = var("en")

    class Opened(FieldMessage):
        """The order itself is wanted."""

        sheet: "TimelineSheet"

        @property
        def control(self) -> "TimelineSheet":
            return self.sheet

    def action_open(self) -> None:
        self.post_message(self.Opened(self))

    def text_lines(self, width: int) -> list[Line]:
        """Return what may be said first, then the facts, then what happened."""
        return [(Cell(" "), *line) for line in self._text(width - 2)]

    def _text(self, width: int) -> list[Line]:
        row = self.timeline.row if self.timeline else self.row
        lines = [] if row is None else self._title(row, width)
        if self.error:
            lines += sentence(and_again(self.error, self.privacy), width, "warn")
        if self.timeline is None:
            return lines if self.error else [*lines, *sentence("Reading …", width, "dim")]
        return [
            *lines,
            *self._to_tell(self.timeline, width),
            (),
            *self._about(self.timeline, width),
            (),
            *self._happened(self.timeline, width),
        ]

    def _title(self, row: BoardOrder, width: int) -> list[Line]:
        word, ink = order_state_cell(row)
        what = f"{row.quantity} x {row.goods}"
        first, *others = wrap(what, max(8, width - len(word) - 2)) or [""]
        rest: list[Line] = [(Cell(" " * (len(word) + 2)), Cell(part, "strong")) for part in others]
        return [(Cell(word, ink), Cell("  "), Cell(first, "strong")), *rest]

    def _to_tell(self, timeline: Timeline, width: int) -> list[Line]:
        lines: list[Line] = [(Cell("You can tell the customer", "head"),)]
        for said in timeline.sentences(self.language):
            lines += sentence(said, width, "good")
        return lines

    def _about(self, timeline: Timeline, width: int) -> list[Line]:
        row, purchase = timeline.row, timeline.purchase
        desk = f"{row.operator or 'this desk'}" if row.mine else "another desk"
        if purchase is not None:
            desk = f"{desk} at {purchase.host}"
        lines = [
            *fact("order", clean(row.order_id) or "no order id yet", width),
            *fact("purchase", row.purchase_id, width),
        ]
        if purchase is not None:
            lines += fact("key", own_key(purchase), width)
            lines += fact("request", clean(purchase.request_id), width)
        given = f"{local_time(row.given_at)} by {row.given_by}" if row.given_at else ""
        given = given or not_handed_over(row)
        return [
            *lines,
            *fact("cards", _came(row), width),
            *fact("cost", dinars(row.total, self.privacy), width),
            *fact("desk", desk, width),
            *fact("customer", row.note if row.mine else "-", width),
            *fact("handed over", given, width, "good" if row.given_at else "plain"),
        ]

    def _happened(self, timeline: Timeline, width: int) -> list[Line]:
        lines: list[Line] = [(Cell("What happened", "head"),)]
        for day, entry in by_day(timeline.entries):
            if day:
                lines.append((Cell(day, "dim"),))
            lines += entry_lines(entry, width, self.privacy)
        for gap in timeline.gaps:
            lines += sentence(discreet(gap, self.privacy), width, "warn")
        if self.busy:
            lines += sentence("asking the vendor …", width, "dim")
        return lines


def _came(row: BoardOrder) -> str:
    """Say how many cards came, or how many were ordered while none is known to have come."""
    if row.delivered is None:
        return counted(row.quantity, "card")
    return f"{row.delivered} of {row.quantity}"
