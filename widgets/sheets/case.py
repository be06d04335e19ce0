"""One case in full: the card, what is wrong, until when, and all that was said of it."""

from datetime import datetime

from textual.reactive import var

from services.domain.local_time import local_time
from services.domain.shop.case import CaseFile, CaseRow, age_words
from services.domain.text import clean
from widgets.drawing.fit import Part
from widgets.drawing.ink import Cell, Line
from widgets.drawing.sheet import Sheet, fact, sentence


class CaseSheet(Sheet):
    """A case; `file` is None while what was said is being read."""

    DEFAULT_CSS = "CaseSheet { height: 1fr; }"
    DRAWN_FROM = ("row", "file", "now")

    row: var[CaseRow | None] = var[CaseRow | None](None)
    file: var[CaseFile | None] = var[CaseFile | None](None)
    now: var[datetime | None] = var[datetime | None](None)

    def watch_now(self) -> None:
        self._say()

    def watch_row(self) -> None:
        self._say()

    def _say(self) -> None:
        """Say in the rule above how long it is open, or how it ended."""
        row = self.row
        said = (row.case.ended or age_words(row.case, self.now)) if row and self.now else ""
        self.title_facts = (Part((Cell(said, "dim"),), leaves=1, end=True),) if said else ()

    def text_lines(self, width: int) -> list[Line]:
        """Return the facts, then what was said."""
        row = self.row
        if row is None:
            return []
        case, room = row.case, width - 2
        what = ", ".join(filter(None, (row.goods, row.which)))
        late = self.now is not None and case.overdue(self.now)
        until = f"{case.due}{', overdue' if late else ''}" if case.due else "no deadline"
        lines = [
            *fact("card", what, room),
            *fact("order", clean(case.order_id, 80), room),
            *fact("customer", row.customer, room),
            *fact("wrong", case.reason, room, "strong"),
            *fact("ticket", case.ticket or "none yet", room),
            *fact("until", until, room, "alert" if late else "plain"),
            (),
        ]
        if self.file is None or self.file.row.case.number != case.number:
            return _indented([*lines, *sentence("Reading …", room, "dim")])
        for event in case.notes(self.file.events):
            lines += fact(local_time(event.at)[5:16], f"{clean(event.why)} ({event.who})", room)
        return _indented(lines)


def _indented(lines: list[Line]) -> list[Line]:
    return [(Cell(" "), *line) for line in lines]
