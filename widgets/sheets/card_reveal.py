"""The cards of an order: masked, but for those that an operator asked to see, for some seconds."""

from collections.abc import Mapping
from datetime import datetime

from textual import events
from textual.reactive import var

from services.domain.local_time import local_day_clock, local_minute
from services.domain.models import Card
from services.domain.text import cell_width
from widgets.drawing import style
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.ink import Cell, DrawnLine, Line, chop, fitted, inert, line_width
from widgets.drawing.rules import boxed, rule
from widgets.drawing.sheet import Sheet, sentence
from widgets.sheets.shown_card import ShownCard, label

MASK = "•••• ••••"
"""Stands for the code of a card that is not shown; always as long, so that it tells nothing."""

GAP = 2
MANY = 10
"""Cards from which the list is in columns."""

CODE_WIDTH = 22
"""Cells that are kept for the code or its mask, so that what follows is in one column."""

Seen = Mapping[int, tuple[datetime, str]]
"""By a card's index when (UTC) and by whom it was shown last."""


class CardReveal(Sheet):
    """The order's cards by number; the cursor selects one, the screen decides what is revealed.

    `revealed` holds pairs of index (from 0) and card; set it to () to hide them all. The selected
    one, or the first, is above the list in full, in at most `most_lines` lines. `seen` says who
    saw which card last, `before` in a sentence, by index, who saw a revealed card before.
    In a `box` it is between two sides. `qr` is whether a QR code may be drawn. `turned` to the
    customer only the shown card is seen, without the list.
    """

    DRAWN_FROM = (
        "count",
        "now",
        "busy",
        "error",
        "before",
        "seen",
        "most_lines",
        "box",
        "qr",
        "turned",
    )

    count: var[int] = var(0)
    revealed: var[tuple[tuple[int, Card], ...]] = var[tuple[tuple[int, Card], ...]](())
    selected: var[int] = var(0)
    now: var[datetime | None] = var[datetime | None](None)
    busy: var[bool] = var(False)
    error: var[str] = var("")
    before: var[Mapping[int, str]] = var[Mapping[int, str]]({})
    seen: var[Seen] = var[Seen]({})
    most_lines: var[int] = var(20)
    box: var[bool] = var(False)
    qr: var[bool] = var(True)
    turned: var[bool] = var(False)

    class Selected(FieldMessage):
        """The cursor is on another card."""

        reveal: "CardReveal"
        index: int

        @property
        def control(self) -> "CardReveal":
            return self.reveal

    @property
    def chosen_line(self) -> int:
        _, rows = self._grid(self.size.width - 2 * self.box)
        return max(0, self._headed + self.selected % max(1, rows) - self.scroll_offset.y)

    def validate_selected(self, selected: int) -> int:
        """Keep the cursor on a card."""
        return max(0, min(selected, self.count - 1))

    def watch_count(self) -> None:
        """Keep the cursor on a card when there are fewer."""
        self.selected = self.validate_selected(self.selected)

    def watch_selected(self, index: int) -> None:
        """Draw the cursor where it is now, and tell."""
        self.patch()
        self._keep_in_sight()
        self.post_message(self.Selected(self, index))

    def watch_revealed(self) -> None:
        self.patch()
        self._keep_in_sight()

    def action_move(self, by: int) -> None:
        self.selected += by

    def action_page(self, by: float) -> None:
        self.selected += int(by * self.page)

    def action_top(self) -> None:
        self.selected = 0

    def action_bottom(self) -> None:
        self.selected = self.count - 1

    def on_resize(self) -> None:
        """Keep the cursor in sight where there are fewer lines now."""
        self._keep_in_sight()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._headed:
            return
        width = self.size.width - 2 * self.box
        columns, rows = self._grid(width)
        row = self.scroll_offset.y + offset.y - self._headed
        index = min(columns - 1, (offset.x - self.box) // (width // columns)) * rows + row
        if row < rows and index < self.count:
            self.selected = index

    def lines_needed(self, width: int) -> int:
        """Return how many lines all of it takes."""
        inner = width - 2 * self.box
        return len(self.heading_lines(inner)) + len(self.text_lines(inner))

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        if not self.box:
            return super().draw(width, height)
        lines = super().draw(width - 2, height)
        blank = fitted((), width - 2)
        return boxed([*lines, *([blank] * (height - len(lines)))])

    def heading_lines(self, width: int) -> list[Line]:
        """Return the card that is shown in full, and the title of the list."""
        title = Cell(" Cards ", "title" if self.has_focus else "title-blurred")
        lines = self._shown_lines(width)
        if self.turned and lines:
            return lines
        return [*lines, rule(width, (title,), self._counts())]

    def text_lines(self, width: int) -> list[Line]:
        """Return the cards by number, from ten of them on in columns where they fit."""
        lines: list[Line] = []
        if self.turned and self.revealed:
            return lines
        if self.error:
            lines += [(Cell("  "), *line) for line in sentence(self.error, width - 4, "warn")]
        if not self.count:
            return [*lines, (Cell("  There are no cards yet.", "dim"),)]
        columns, rows = self._grid(width)
        step = width // columns
        for row in range(rows):
            line: Line = ()
            for index in range(row, self.count, rows):
                cells = tuple(Cell(*cell) for cell in fitted(self._row(index, step), step))
                line = (*line, *cells)
            lines.append(line)
        return lines

    def _shown_lines(self, width: int) -> list[Line]:
        shown = dict(self.revealed)
        if not shown:
            return []
        index = self.selected if self.selected in shown else next(iter(shown))
        before, signs = self.before.get(index, ""), not style.now().ascii
        card = ShownCard(index, self.count, shown[index], before, signs, self.qr)
        if self.turned:
            return card.turned(width, self.most_lines)
        return card.lines(width, self.most_lines, box=self.box)

    def _counts(self) -> Line:
        if self.busy:
            return (Cell("asking the vendor for the card …", "dim"),)
        shown = len(self.revealed)
        if not self.count:
            return ()
        return (Cell(f"{shown} shown, {self.count - shown} hidden", "warn" if shown else "dim"),)

    def _grid(self, width: int) -> tuple[int, int]:
        """Return in how many columns the list is, and how many rows it has."""
        columns = 1
        if self.count >= MANY:
            widest = max(line_width(self._row(index, width)) for index in range(self.count))
            columns = max(1, width // (widest + GAP))
        rows = -(-self.count // columns) if self.count else 0
        return columns, rows

    def _row(self, index: int, width: int) -> Line:
        here = index == self.selected
        ink = "strong" if here else "dim"
        digits = len(str(self.count))
        marker = ("▌" if self.has_focus else "▏") if here else " "
        name = (Cell(marker, "key"), Cell(f" {index + 1:>{digits}}  ", ink))
        shown = dict(self.revealed)
        card = shown.get(index)
        if card is None:
            code: Line = (Cell(MASK, ink),)
        elif index == self.selected or len(shown) == 1:
            code = (Cell("shown now", "strong"),)
        else:
            code = (Cell(f" {label(card.value)} ", "secret"),)
            if line_width((*name, *code)) > width:
                # A code that is cut is worth nothing: it is above once it is selected.
                code = (Cell("shown, too long for a line", "warn"),)
        gap = 2 if self.count >= MANY else max(2, CODE_WIDTH - line_width(code))
        room = max(0, width - line_width((*name, *code)) - gap)
        seen = inert(self._seen(index))
        said = seen if cell_width(seen) <= room else chop(seen, room)[0] if room else ""
        return (*name, *code, Cell(" " * gap), Cell(said, "dim"))

    def _seen(self, index: int) -> str:
        many = self.count >= MANY
        if index not in self.seen:
            unseen = "not shown" if many else "not shown yet"
            return "" if index in dict(self.revealed) else unseen
        at, who = self.seen[index]
        if many:
            return f"{local_minute(at)} {who}"
        return f"shown {local_day_clock(at, self.now)} by {who}"

    def _keep_in_sight(self) -> None:
        if not self.is_mounted or not self.size or not self.count:
            return
        _, rows = self._grid(self.size.width - 2 * self.box)
        line, top = self.selected % rows, self.scroll_offset.y
        height = max(1, self.size.height - len(self.heading_lines(self.size.width - 2 * self.box)))
        if line < top:
            self._show_from(line)
        elif line >= top + height:
            self._show_from(line - height + 1)
