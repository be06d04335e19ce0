"""The money screen: the balance over the day, the day's figures, hours, days and best sellers."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import ClassVar, NamedTuple

from textual.geometry import Size
from textual.reactive import var

from services.domain import money
from services.domain.book import Book
from services.domain.day_figures import KNOWN_AFTER
from services.domain.local_time import local_minute
from services.domain.money import Prices
from services.domain.phrase import counted
from widgets.drawing import style
from widgets.drawing.canvas import Canvas
from widgets.drawing.fit import Part
from widgets.drawing.frame import Around, Frame, PaneName, Sides
from widgets.drawing.ink import Cell, DrawnLine, fitted
from widgets.drawing.sheet import sentence
from widgets.sheets import money_parts as parts
from widgets.sheets.money_parts import Draw, MoneyKeys, MoneyView

MEDIUM = Size(112, 31)
WIDE = Size(160, 45)
READING = "Reading the journal …"
Facts = Callable[[MoneyView], tuple[Part, ...]]


class Box(NamedTuple):
    """A part of the screen: its title, what its rule says, and what draws it."""

    name: PaneName
    draw: Draw
    facts: Facts = parts.no_facts


class MoneySheet(Canvas, can_focus=True):
    """All that the book says of money, as boxes where there is room and as rules where not.

    `low_balance` is in DZD. `keys` are those that it names.
    """

    DEFAULT_CSS = "MoneySheet { height: 1fr; }"
    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("book", "privacy", "low_balance", "prices", "keys")

    book: var[Book | None] = var[Book | None](None)
    privacy: var[bool] = var(False)
    low_balance: var[Decimal] = var(Decimal(5000))
    prices: var[Prices] = var(Prices())
    keys: var[MoneyKeys] = var(MoneyKeys())

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the screen as it fits into this room."""
        book = self.book
        if book is None or book.spending is None or book.day is None:
            return [fitted(line, width) for line in sentence(READING, width, "dim")]
        seen = MoneyView(book, book.spending, book.day, self.prices, self.privacy, self.keys)
        if style.now().coarse or width < MEDIUM.width or height < MEDIUM.height:
            return self._small(seen, width, height)
        if width < WIDE.width or height < WIDE.height:
            return self._medium(seen, width, height)
        return self._wide(seen, width, height)

    def _small(self, seen: MoneyView, width: int, height: int) -> list[DrawnLine]:
        """Draw six parts below rules; what there is no room for leaves from the end."""
        top = max(8, height - 14 if height > 22 else 8)
        top = min(top, 14, height)
        middle = min(8 + max(0, height - top - 16) // 2, height - top)
        half = width // 2
        lines = self._framed(self._balance(parts.balance_and_today), seen, Size(width, top), "none")
        pairs = (
            (middle, self._hours(), self._days()),
            (height - top - middle, self._sellers(), self._waiting(short=True)),
        )
        for rows, left, right in pairs:
            if rows < LEAST_ROWS:
                break
            lines += _beside(
                self._framed(left, seen, Size(half, rows), "right"),
                self._framed(right, seen, Size(width - half, rows), "none"),
            )
        return lines

    def _medium(self, seen: MoneyView, width: int, height: int) -> list[DrawnLine]:
        """Draw seven boxes in three rows."""
        first = height * 13 // 38
        rows = (first, first, height - 2 * first)
        return [
            *self._row(
                seen, rows[0], _split(width, 74, 46), (self._balance(parts.balance), self._today())
            ),
            *self._row(
                seen,
                rows[1],
                _split(width, 1, 1, 1),
                (self._hours(), self._days(), self._sellers()),
            ),
            *self._row(seen, rows[2], _split(width, 64, 56), (self._waiting(), self._ledger())),
        ]

    def _wide(self, seen: MoneyView, width: int, height: int) -> list[DrawnLine]:
        """Draw eight boxes: what the desks of the account sold as well."""
        first, second = height * 24 // 58, height * 15 // 58
        third = height - first - second
        left, right = _split(width, 66, 134)
        waiting = third * 12 // 19
        return [
            *self._row(
                seen, first, _split(width, 130, 70), (self._balance(parts.balance), self._today())
            ),
            *self._row(
                seen,
                second,
                _split(width, 66, 66, 68),
                (self._hours(), self._days(), self._sellers()),
            ),
            *_beside(
                [
                    *self._framed(self._waiting(), seen, Size(left, waiting)),
                    *self._framed(_DESKS, seen, Size(left, third - waiting)),
                ],
                self._framed(self._ledger(), seen, Size(right, third)),
            ),
        ]

    def _row(
        self, seen: MoneyView, height: int, widths: Sequence[int], boxes: Sequence[Box]
    ) -> list[DrawnLine]:
        return _beside(
            *(
                self._framed(box, seen, Size(width, height))
                for box, width in zip(boxes, widths, strict=True)
            )
        )

    def _framed(
        self, box: Box, seen: MoneyView, size: Size, sides: Sides = "both"
    ) -> list[DrawnLine]:
        frame = Frame(box.name, sides)
        room = frame.inside(size)
        lines = box.draw(seen, room.width, room.height)
        inside = [fitted(line, room.width) for line in lines[: room.height]]
        return frame.around(inside, size, Around(box.facts(seen)))

    def _balance(self, draw: Draw) -> Box:
        return Box(PaneName(self.keys.balance, "Balance"), draw, self._balance_facts)

    def _balance_facts(self, seen: MoneyView) -> tuple[Part, ...]:
        read = seen.book.balance
        if read is None:
            return ()
        at = f"as of {local_minute(read.read_at)}"
        as_of = Cell(at, "warn" if seen.book.balance_error else "dim")
        if seen.privacy:
            return (Part((as_of,), leaves=1, end=True),)
        low = read.amount < self.low_balance
        days = seen.spending.lasts(read.amount)
        if days is None:
            lasts = (f"how long it lasts: {KNOWN_AFTER}", f"lasts: {KNOWN_AFTER}")
        else:
            lasts = (f"lasts {counted(days, 'day')}",)
        return (
            Part((Cell(f"{money.exact(read.amount)} DZD", "warn" if low else "strong"),)),
            *((Part((Cell("low", "warn"),)),) if low else ()),
            Part(tuple(Cell(words, "dim") for words in lasts), leaves=2),
            Part((as_of,), leaves=1, end=True),
        )

    def _today(self) -> Box:
        return Box(PaneName("", "Today"), parts.today)

    def _hours(self) -> Box:
        return Box(PaneName("", "Spent per hour"), parts.per_hour, parts.hour_facts)

    def _days(self) -> Box:
        return Box(PaneName("", "Spent in 7 days"), parts.days, parts.dinar_facts)

    def _sellers(self) -> Box:
        return Box(PaneName("", "Best sellers"), parts.sellers, parts.seller_facts)

    def _waiting(self, *, short: bool = False) -> Box:
        name = PaneName(self.keys.waiting, "To hand over")
        return Box(
            name, parts.to_hand_over_short if short else parts.to_hand_over, parts.waiting_facts
        )

    def _ledger(self) -> Box:
        return Box(PaneName(self.keys.ledger, "Ledger"), parts.ledger, parts.ledger_facts)


_DESKS = Box(PaneName("", "By desk"), parts.desks)
LEAST_ROWS = 3


def _beside(*blocks: Sequence[DrawnLine]) -> list[DrawnLine]:
    """Put blocks of equally many lines side by side."""
    return [tuple(piece for line in lines for piece in line) for lines in zip(*blocks, strict=True)]


def _split(width: int, *shares: int) -> list[int]:
    """Share a width out; the last one takes what is left over."""
    whole = sum(shares)
    widths = [width * share // whole for share in shares[:-1]]
    return [*widths, width - sum(widths)]
