"""One card that may be seen: its code, its serial and whatever else the vendor gives it."""

from msgspec import Struct

from services.domain.models import Card
from services.domain.secrets import Secret
from services.domain.text import cell_width
from widgets.drawing.big_letters import letters, qr_lines
from widgets.drawing.ink import Cell, Line, chop, fitted, inert, line_width
from widgets.drawing.sheet import sentence

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
