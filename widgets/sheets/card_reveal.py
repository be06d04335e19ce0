"""The cards of an order: masked, but for those that an operator asked to see, one in full."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from textual import events
from textual.reactive import var

from services.domain.local_time import local_day_clock, local_minute
from services.domain.models import Card
from services.domain.secrets import Secret
from services.domain.text import cell_width
from widgets.drawing import style
from widgets.drawing.big_letters import letters, qr_lines
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.ink import Cell, DrawnLine, Line, chop, fitted, inert, line_width
from widgets.drawing.rules import boxed, rule
from widgets.drawing.sheet import Sheet, sentence

MASK = "•••• ••••"
"""Stands for the code of a card that is not shown; always as long, so that it tells nothing."""

GAP = 2
MANY = 10
"""Cards from which the list is in columns."""

CODE_WIDTH = 22
"""Cells that are kept for the code or its mask, so that what follows is in one column."""

CHANGED = "Drawn cleaned: it holds what a terminal cannot show. Copying sends it exactly."
SPACED = "It begins or ends with a space. Copying sends it exactly."
GROUP = 4
LONGEST_GROUPED = 32
INDENT = " " * 4
BETWEEN = " " * 4
NAME = 8
MARGIN = 7
"""Cells at both sides of what is large, where there is room."""

WHICH_AT = 60
"""Where the number of the card is beside big letters."""

LEAST_BESIDE = 110
"""Cells from which letters and QR code are beside each other."""

SCAN = "The customer scans the code: it holds the code and nothing else."
NO_QR = "No QR code here: it needs half blocks and a white ground, or it is too long."

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


class ShownCard(Struct, frozen=True):
    """A card with its index from 0, of so many; `before` says who saw it earlier.

    `signs` is whether there are half blocks to draw with, `qr` whether the ground can be white.
    """

    index: int
    count: int
    card: Card
    before: str = ""
    signs: bool = True
    qr: bool = True

    def lines(self, width: int, room: int, *, box: bool = False) -> list[Line]:
        """Return the card in full, for a width in cells and at most `room` lines where it fits.

        The code is in letters and as a QR code where there is room, and always on its label.
        """
        plain = self._plain(width)
        qr = self._qr() if box else []
        if len(qr) + 1 > room or width < LEAST_BESIDE:
            qr = []
        left = width - (line_width((Cell(qr[0]),)) + 2 * MARGIN if qr else 0)
        margin = MARGIN if box else len(INDENT)
        big = self._letters(left - margin - 1, room - len(plain) - (5 if box else 2))
        which = Cell(f"card {self.index + 1} of {self.count}", "dim")
        lines: list[Line] = [()]
        if box or not big or len(big[0]) + margin + 2 + len(which.text) > left - 2:
            lines.append((Cell("    " if box else "  "), which))
            beside = Cell("")
            lines += [()] if box and big else []
        else:
            beside = Cell(f"{' ' * (WHICH_AT - margin - len(big[0]))}{which.text}", "dim")
        for line in big:
            lines.append((Cell(" " * margin), Cell(line, "strong"), beside))
            beside = Cell("")
        lines += [()] if big else []
        lines += [(Cell(" " * (margin - len(INDENT))), *line) for line in plain]
        if qr:
            at = width - MARGIN - len(qr[0])
            lines += [()] * (len(qr) + 1 - len(lines))
            lines = [
                line
                if not 1 <= number <= len(qr)
                else _beside(line, at, Cell(qr[number - 1], "qr"))
                for number, line in enumerate(lines)
            ]
        return [*lines, ()]

    def turned(self, width: int, room: int) -> list[Line]:
        """Return the card as the customer looks at it: its QR code, the code in big letters."""
        qr = self._qr()
        if len(qr) > room or (qr and len(qr[0]) + 30 > width):
            qr = []
        at = len(qr[0]) + 6 if qr else 4
        side: list[Line] = [(), (Cell(f"card {self.index + 1} of {self.count}", "dim"),), ()]
        big = self._letters(width - at - 2, room - 7)
        groups = label(self.card.value)
        if big:
            side += [(Cell(line, "strong"),) for line in big]
        side += [(), *((Cell(f" {part} ", "secret"),) for part in chop(groups, width - at - 4))]
        for name, secret in (("serial", self.card.serial), *self.card.more):
            if secret:
                side += [(), *_named(name, secret, width - at)]
        words = SCAN if qr else NO_QR
        side += [(), *sentence(words, width - at - 2, "dim")]
        lines = max(len(side), len(qr))
        side += [()] * (lines - len(side))
        drawn: list[Line] = []
        for number, line in enumerate(side):
            left = (Cell("  "), Cell(qr[number], "qr")) if number < len(qr) else ()
            drawn.append((*left, Cell(" " * (at - line_width(left))), *line))
        return [(), *drawn]

    def _qr(self) -> list[str]:
        return qr_lines(self.card.value) if self.qr and self.signs else []

    def _letters(self, width: int, room: int) -> list[str]:
        if not self.signs:
            return []
        lines = letters(self.card.value.reveal(), width)
        return lines if len(lines) <= room else []

    def _plain(self, width: int) -> list[Line]:
        """Return the code on its label, and what else there is to read of the card."""
        card = self.card
        lines = self._code(card, width)
        for name, secret in card.more:
            lines += _named(name, secret, width)
        for words in (_warning(card.value), self.before):
            lines += [(Cell(INDENT), *line) for line in sentence(words, width - 8, "warn")]
        return lines

    def _code(self, card: Card, width: int) -> list[Line]:
        """Return the code on its label, the serial beside it where that fits."""
        room = max(8, width - len(INDENT) - 4)
        code: list[Line] = [
            (Cell(INDENT), Cell(f" {piece} ", "secret")) for piece in chop(label(card.value), room)
        ]
        if not card.serial:
            return code
        serial = inert(card.serial.reveal(), exact=True)
        beside = (Cell(BETWEEN), Cell("serial ", "dim"), Cell(serial, "secret"))
        if len(code) == 1 and line_width((*code[0], *beside)) < width:
            return [(*code[0], *beside)]
        return [*code, *_named("serial", card.serial, width)]


def _beside(line: Line, at: int, cell: Cell) -> Line:
    """Put a cell into a line at a place, what is there cut off before it."""
    return (*(Cell(*part) for part in fitted(line, at)), cell)


def label(secret: Secret) -> str:
    """Return a code as it is read: in groups of four, unless it has signs that part it already."""
    drawn = inert(secret.reveal(), exact=True)
    if len(drawn) > LONGEST_GROUPED or not (drawn.isascii() and drawn.isalnum()):
        return drawn
    return " ".join(drawn[at : at + GROUP] for at in range(0, len(drawn), GROUP))


def _named(name: str, secret: Secret, width: int) -> list[Line]:
    """Return a field of the card, whole: what does not fit a line goes on in the next."""
    wide = max(NAME, cell_width(name) + 1)
    room = max(8, width - len(INDENT) - wide - 2)
    pieces = chop(inert(secret.reveal(), exact=True), room) or [""]
    names = [f"{name}{' ' * (wide - cell_width(name))}", *(" " * wide for _ in pieces[1:])]
    lines: list[Line] = [
        (Cell(INDENT), Cell(each, "dim"), Cell(piece, "secret"))
        for each, piece in zip(names, pieces, strict=True)
    ]
    return [*lines, *((Cell(INDENT), *line) for line in sentence(_warning(secret), room, "warn"))]


def _warning(secret: Secret) -> str:
    """Return what is to know of a value that is not drawn as it is."""
    raw = secret.reveal()
    return CHANGED if inert(raw, exact=True) != raw else SPACED if raw != raw.strip() else ""
