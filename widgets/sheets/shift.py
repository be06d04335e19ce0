"""The shift report: what was sold beside what the account says, by operator, by product, and open.

One place says all of it; where there is little room the lists give lines away, never the figures.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.geometry import Size
from textual.reactive import var

from services.domain import money
from services.domain.errors import Failure
from services.domain.phrase import counted
from services.domain.secrets import MASK
from services.domain.shop import shift_words as words
from services.domain.shop.shift import (
    HANDLING,
    TO_HAND_OVER,
    UNRESOLVED,
    OpenOrder,
    OperatorShare,
    ProductShare,
    ShiftReport,
)
from widgets.drawing.canvas import NAVIGATION, Canvas
from widgets.drawing.cells import discreet, failure_words
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted, line_width
from widgets.drawing.plot import lying
from widgets.drawing.rules import boxed, rule
from widgets.drawing.sheet import sentence

MEDIUM = Size(112, 31)
NARROW = 78
"""Below so many cells the account is below the figures."""
READING = "Reading the journal …"
LEFT, RIGHT = 32, 36
"""Cells of the two columns of figures."""

PUBLIC = frozenset({"orders", "cards", "refunded", "partial", "handed over", "of earlier shifts"})
PUBLIC_TOO = frozenset({"to hand over", "handling", "not settled"})
"""What privacy mode leaves: counts, no amounts."""

SIGNS = {UNRESOLVED: ("?", "alert"), TO_HAND_OVER: ("●", "good"), HANDLING: ("○", "busy")}
WAITS = {
    UNRESOLVED: "no answer since",
    TO_HAND_OVER: "waits since",
    HANDLING: "ordered",
}
MOST_OPERATORS = 4
"""Operators that a small screen names; a line says how many there are more."""

LEAST_BAR = 6

BY_PRODUCT: Line = (Cell(" By product ", "title-blurred"),)
LEAST_LISTS = 5
"""Lines that products and open orders take at least; with fewer the figures scroll as well."""


class LinesInSight(NamedTuple):
    """How many of the lines that scroll are in sight, and how many are not."""

    shown: int = 0
    hidden: int = 0


class ShiftSheet(Canvas, can_focus=True):
    """A report as boxes where there is room and as rules where not; its lists scroll.

    `report` is None while it is read, `error` why there is none; `busy` is whether the account is
    being read. `keys` are those that close the shift and that go to the shift before and after.
    """

    BINDINGS: ClassVar[list[BindingType]] = NAVIGATION
    DEFAULT_CSS = "ShiftSheet { height: 1fr; }"
    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("report", "error", "busy", "privacy", "first")

    report: var[ShiftReport | None] = var[ShiftReport | None](None)
    error: var[Failure | None] = var[Failure | None](None)
    busy: var[bool] = var(False)
    privacy: var[bool] = var(False)
    first: var[int] = var(0)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._scrolled = LinesInSight()

    def action_move(self, by: int) -> None:
        """Show what scrolls from another line on."""
        self.first = max(0, min(self.first + by, self._scrolled.hidden))

    def action_page(self, by: float) -> None:
        self.action_move(int(by * self._scrolled.shown))

    def action_top(self) -> None:
        self.first = 0

    def action_bottom(self) -> None:
        self.first = self._scrolled.hidden

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the report as it fits into this room."""
        box = width >= MEDIUM.width and height >= MEDIUM.height
        inner, rows = (width - 2, height - 1) if box else (width, height)
        lines = [fitted(line, inner) for line in self._lines(inner, rows, box=box)[:rows]]
        if not box:
            return lines
        blank = fitted((), inner)
        lines += [blank] * (rows - len(lines))
        foot = fitted(rule(inner), inner)
        return boxed([*lines, foot], top=True, bottom=True)

    def _lines(self, width: int, height: int, *, box: bool) -> list[Line]:
        report = self.report
        if report is None or self.error is not None:
            said = failure_words(self.error, self.privacy) or READING
            head = rule(width, (Cell(" Shift report ", "title"),))
            return [
                head,
                (),
                *_indented(sentence(said, width - 4, "warn" if self.error else "dim")),
            ]
        blank: list[Line] = [()]
        figures = self._figures(report, width)
        operators = self._operators(report, width, box=box)
        products, listed = self._products(report, width), self._listed(report, width)
        closing = [] if report.closed else _indented(sentence(words.STAYS, width - 4, "dim"))
        foot = [*self._said(report, width), *closing]
        head = [self._title(report, width), *blank, *figures, *blank, *operators]
        parted = blank if box and listed else []
        end = [*blank, *closing] if box else foot
        room = height - len(head) - len(end)
        self._scrolled = LinesInSight()
        if len(products) + len(parted) + len(listed) <= room:
            gap = blank if not box and foot and not listed and len(products) < room else []
            return [*head, *products, *parted, *listed, *gap, *end]
        room = height - len(head) - len(foot)
        if room >= LEAST_LISTS and report.products:
            return [*head, *self._lists(products, listed, width, room), *foot]
        rows = [*figures, *blank, *operators, *products, *listed]
        shown, seen = self._window(len(rows), height - 1 - len(foot))
        return [self._title(report, width, seen), *rows[shown], *foot]

    def _lists(
        self, products: Sequence[Line], listed: Sequence[Line], width: int, room: int
    ) -> list[Line]:
        """Return what fits of products and open orders, and say in the rule that there is more."""
        (_, titles), rows = products[:2], [*products[2:], *listed]
        shown, seen = self._window(len(rows), room - 2)
        if shown.start < len(products) - 2:
            return [rule(width, BY_PRODUCT, seen), titles, *rows[shown]]
        # Of the products none is in sight: their titles have no column below them.
        after = slice(max(shown.start, len(products) - 1), shown.stop + 1)
        return [rule(width, self._open_title(), seen), *rows[after]]

    def _window(self, count: int, room: int) -> tuple[slice, Line]:
        """Return which of so many lines are in sight, and words that say so."""
        shown = max(0, min(count, room))
        self._scrolled = LinesInSight(shown, count - shown)
        first = max(0, min(self.first, count - shown))
        way = "down" if first + shown < count else "up"
        said = f"{first + 1}-{first + shown} of {count}, {way}: more"
        return slice(first, first + shown), (Cell(said, "dim"),) if shown < count else ()

    def _title(self, report: ShiftReport, width: int, seen: Line = ()) -> Line:
        names = [each.operator for each in report.operators]
        whose = f"{names[0]}, " if len(names) == 1 else ""
        named = (Cell(" Shift report ", "title"), Cell(f" {report.number}  ", "strong"))
        span = Cell(f"{whose}{words.span(report)} ", "dim")
        ink = "dim" if report.closed else "warn"
        if seen:
            # So small a screen has no room for both.
            return rule(width, named, seen)
        return rule(width, (*named, span), (Cell(words.state(report), ink),))

    def _figures(self, report: ShiftReport, width: int) -> list[Line]:
        """Lay the figures beside what the account says."""
        inks = {"sold": "strong", "margin": "good", "to hand over": "warn", "not settled": "alert"}
        left = [
            _pair(name, MASK if self._hides(name) else value, LEFT, inks.get(name, "plain"))
            for name, value in words.figures(report)
        ]
        right = self._account(report)
        if width < NARROW:
            return _indented([*left, *right])
        indent = 2 if width < MEDIUM.width else 4
        gap = 6 if width < MEDIUM.width else 12
        return [
            (
                Cell(" " * indent),
                *(left[row] if row < len(left) else (Cell(" " * LEFT),)),
                Cell(" " * gap),
                *(right[row] if row < len(right) else ()),
            )
            for row in range(max(len(left), len(right)))
        ]

    def _account(self, report: ShiftReport) -> list[Line]:
        account = report.account
        if account is None:
            if self.busy:
                return [(Cell("reading the account …", "dim"),)]
            said = discreet(words.account_words(report), self.privacy)
            return [(Cell(part.text, "warn"),) for (part,) in sentence(said, RIGHT)]
        pairs = words.account_pairs(account, report.end)
        lines = [
            _pair(
                name, MASK if self.privacy else value, RIGHT, "strong" if name == "is" else "plain"
            )
            for name, value in pairs
        ]
        said = discreet(words.account_words(report), self.privacy)
        if not account.charged:
            return [*lines, (Cell(said, "dim"),)]
        sign, ink = ("✓", "good") if account.agrees else ("!", "alert")
        return [*lines, (Cell(f"{sign} {said}", ink),)]

    def _operators(self, report: ShiftReport, width: int, *, box: bool) -> list[Line]:
        """List what each operator sold, where there are several."""
        if len(report.operators) < 2:
            return []
        most = len(report.operators) if box else MOST_OPERATORS
        shown = report.operators[:most]
        lines = [
            rule(width, (Cell(" By operator ", "title-blurred"),)),
            _columns("operator", ("orders", "cards", "sold", "cost", "margin"), width, "dim"),
            *(self._operator(each, width) for each in shown),
        ]
        if more := len(report.operators) - len(shown):
            lines.append((Cell(f"  {counted(more, 'operator')} more", "dim"),))
        return [*lines, ()] if box else lines

    def _operator(self, each: OperatorShare, width: int) -> Line:
        amounts = (money.whole(each.sold), money.exact(each.cost), money.exact(each.margin))
        counts = (money.count(each.orders), money.count(each.cards))
        return _columns(each.operator, (*counts, *self._masked(amounts)), width)

    def _products(self, report: ShiftReport, width: int) -> list[Line]:
        products = report.products
        if not products:
            none: Line = (Cell("  Nothing was sold in this shift yet.", "dim"),)
            return [rule(width, BY_PRODUCT), none]
        most = products[0].sold
        return [
            rule(width, BY_PRODUCT),
            _columns("product", ("cards", "sold", "cost", "margin"), width, "dim"),
            *(self._product(each, most, width) for each in products),
        ]

    def _product(self, each: ProductShare, most: Decimal, width: int) -> Line:
        amounts = (money.whole(each.sold), money.exact(each.cost), money.exact(each.margin))
        texts = (money.count(each.cards), *self._masked(amounts))
        line = _columns(each.product, texts, width)
        room = width - line_width(line) - 3
        if self.privacy or room < LEAST_BAR or not most:
            return line
        return (*line, Cell("  "), lying(float(each.sold / most), room))

    def _said(self, report: ShiftReport, width: int) -> list[Line]:
        """Say in a sentence what stays open."""
        said = words.open_sentence(report)
        return _indented(sentence(f"● {said}", width - 4, "warn") if said else [])

    def _open_title(self) -> Line:
        closed = self.report is not None and self.report.closed
        return (Cell(" Open at the end " if closed else " Before you close ", "title-blurred"),)

    def _listed(self, report: ShiftReport, width: int) -> list[Line]:
        """Name what stays open, below a rule."""
        rows = report.open
        if not rows:
            return []
        lines: list[Line] = [
            rule(width, self._open_title()),
            *(_open(row, report, width) for row in rows),
        ]
        if more := sum(_open_counts(report)) - len(rows):
            lines.append((Cell(f"    {counted(more, 'order')} more", "dim"),))
        return lines

    def _hides(self, name: str) -> bool:
        return self.privacy and name not in PUBLIC and name not in PUBLIC_TOO

    def _masked(self, amounts: Sequence[str]) -> tuple[str, ...]:
        return tuple(MASK if self.privacy else each for each in amounts)


NUMBERS = {"orders": 8, "cards": 7, "sold": 10, "cost": 12, "margin": 11}
LEAST_NAME, WIDEST_NAME = 14, 44


def _columns(name: str, texts: Sequence[str], width: int, ink: str = "plain") -> Line:
    """Lay a name and numbers out; columns by their number, so that all lists share them."""
    widths = list(NUMBERS.values())[-len(texts) :]
    # A list without orders leaves their column to the name.
    room = min(WIDEST_NAME, max(LEAST_NAME, width - sum(NUMBERS.values()) - 16))
    room = min(room + sum(NUMBERS.values()) - sum(widths), max(1, width - sum(widths) - 3))
    pieces = fitted((Cell(name, ink),), room)
    numbers = [Cell(text.rjust(size), ink) for text, size in zip(texts, widths, strict=True)]
    return (Cell("  "), *(Cell(piece.text, piece.ink) for piece in pieces), *numbers)


def _pair(name: str, value: str, width: int, ink: str) -> Line:
    """Return a name and its value at the two ends of a column."""
    room = max(1, width - len(value) - 1)
    label = "".join(piece.text for piece in fitted((Cell(name),), room))
    return (Cell(f"{label} ", "dim"), Cell(value, ink))


def _open(row: OpenOrder, report: ShiftReport, width: int) -> Line:
    sign, ink = SIGNS[row.kind]
    goods = fitted((Cell(row.goods),), max(10, min(50, width - 50)))
    whose = fitted((Cell(row.customer or row.operator, "strong"),), 14)
    since = f"  {WAITS[row.kind]} {words.moment(row.since, report)}"
    return (
        Cell(f"    {sign} ", ink),
        *(Cell(piece.text, piece.ink) for piece in (*whose, *goods)),
        Cell(since, "dim"),
    )


def _open_counts(report: ShiftReport) -> tuple[int, int, int]:
    whole = report.all
    return whole.unresolved, whole.to_hand_over, whole.handling


def _indented(lines: Sequence[Line]) -> list[Line]:
    return [(Cell("  "), *line) for line in lines]
