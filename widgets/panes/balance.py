"""The account's balance, and what the day did to it."""

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from services.domain import money
from services.domain.book import Book, waiting_count
from services.domain.day_figures import DayFigures
from services.domain.local_time import local_minute
from services.domain.models import Balance
from services.domain.money import Prices
from services.domain.phrase import counted
from services.domain.spending import Spending
from widgets.drawing import style
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import failure_words, hidden_words
from widgets.drawing.fit import Part
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted
from widgets.drawing.plot import along, area, sampled, scale_of, toned
from widgets.drawing.sheet import facing, sentence

NOT_READ = "The balance has not been read yet."
FIGURES = ("waiting", "held", "sold", "margin", "spent")
"""What is below the balance, the most important first."""

ORDER = ("sold", "margin", "spent", "held", "waiting")
"""The same from the first line to the last."""

LEAST_PLOT = 4
"""Two lines of the balance, one of the bars, and the axis."""

LABELLED = 6
"""Lines from which the balance has a label of its own, with the most that there was."""

MINUTE = timedelta(minutes=1)


class BalancePane(Canvas, can_focus=True):
    """The exact balance, how it went today, what was spent by the hour, and the day's figures.

    It has no age that ticks: `as of 16:28` says when the vendor was asked last.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", show=False, id="open"),
    ]
    DRAWN_FROM: ClassVar[tuple[str, ...]] = (
        "book",
        "privacy",
        "low_balance",
        "prices",
        "privacy_key",
    )

    book: var[Book | None] = var[Book | None](None)
    privacy: var[bool] = var(False)
    low_balance: var[Decimal] = var(Decimal(0))
    prices: var[Prices] = var(Prices())
    privacy_key: var[str] = var("d")

    class Opened(Message):
        """The pane is to be seen whole."""

    def action_open(self) -> None:
        self.post_message(self.Opened())

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the balance, the plots where there is room for them, and the figures."""
        return [fitted(line, width) for line in self._lines(width, height)[:height]]

    def watch_book(self, book: Book | None) -> None:
        """Say in the rule above of when the balance is."""
        if book is None or book.balance is None:
            self.title_facts = ()
            return
        as_of = f"as of {local_minute(book.balance.read_at)}"
        ink = "warn" if book.balance_error else "dim"
        self.title_facts = (Part((Cell(as_of, ink),), leaves=1, end=True),)

    def _lines(self, width: int, height: int) -> list[Line]:
        book = self.book
        if book is None or book.balance is None:
            said = failure_words(book.balance_error if book else None, self.privacy) or NOT_READ
            return _said(said, width, "dim")
        figures = self._figures(book, width)
        if self.privacy:
            return [*_said(hidden_words(self.privacy_key), width, "warn"), figures["waiting"]]
        room = height - 1
        kept = [name for name in FIGURES if name in figures]
        # Below its lowest plot, the figure that the first line says as well leaves for it.
        if room < len(kept) + LABELLED:
            kept = kept[: max(room - LABELLED, 4)]
        kept = kept[:room]
        rows = room - len(kept)
        lines = [self._balance_line(book.balance, book.spending, width)]
        if rows >= LEAST_PLOT and book.day is not None and not style.now().coarse:
            lines += plot_lines(book.day, width, rows)
        return [*lines, *(figures[name] for name in ORDER if name in kept)]

    def _balance_line(self, balance: Balance, spending: Spending | None, width: int) -> Line:
        low = balance.amount < self.low_balance
        days = spending.lasts(balance.amount) if spending else None
        lasts = "" if days is None else f"lasts {counted(days, 'day')}"
        exact = Cell(f"{money.exact(balance.amount)} DZD", "warn" if low else "strong")
        beside = ", ".join(word for word in ("low" if low else "", lasts) if word)
        return facing(exact, Cell(beside, "dim"), width)

    def _figures(self, book: Book, width: int) -> dict[str, Line]:
        cards = waiting_count(book.orders).cards
        waiting = Cell(counted(cards, "card"), "good strong" if cards else "dim")
        named = {"waiting": ("to hand over", waiting)}
        spending, day = book.spending, book.day
        if spending is not None and day is not None:
            sold, spent = day.sold(self.prices), money.exact(day.cost)
            if spending.day_limit:
                spent = f"{money.whole(spending.counted)} of {money.whole(spending.day_limit)}"
            held, margin = spending.refundable + spending.tied, sold - day.cost
            named |= {
                "held": ("on hold", Cell(money.exact(held), "busy strong" if held else "dim")),
                "sold": ("sold", Cell(money.exact(sold), "strong" if sold else "dim")),
                "margin": ("margin", Cell(money.exact(margin), "good strong" if sold else "dim")),
                "spent": ("spent today", Cell(spent)),
            }
        return {key: facing(Cell(name, "dim"), text, width) for key, (name, text) in named.items()}


def _said(words: str, width: int, ink: str) -> list[Line]:
    return [(Cell(" "), *line) for line in sentence(words, width - 2, ink)]


def plot_lines(day: DayFigures, width: int, rows: int) -> list[Line]:
    """Return the balance of the day as an area, below it on the same axis what was spent by hour.

    Args:
        day: the figures.
        width: in cells, a blank at each end.
        rows: how many lines it takes.
    """
    inside = width - 2
    begin, end = day.begin, max(day.until, day.begin + MINUTE)
    lines: list[Line] = []
    bars = 2 if rows > 6 else 1
    if day.balance:
        scale = scale_of([each.amount for each in day.balance])
        values = sampled(day.balance, begin, end, inside)
        shares = [None if each is None else scale.share(each) for each in values]
        label = rows >= LABELLED
        if label:
            most = max(each.amount for each in day.balance).quantize(Decimal(1))
            at_most = Cell(f"most {money.show(most)}", "dim")
            lines.append(facing(Cell("balance today", "dim"), at_most, width))
        high = rows - bars - 1 - label
        lines += [(Cell(" "), row) for row in toned(area(shares, high))]
    lines += [
        (Cell(" "), Cell(text, "bars")) for text in along(day.hours, begin, end, inside, bars)
    ]
    first = f"{begin.astimezone():%-H:%M}"
    words = "spent per hour" if inside >= 28 else ""
    foot = words.center(inside - len(first) - 3)
    return [*lines, (Cell(f" {first}{foot}now", "dim"),)]
