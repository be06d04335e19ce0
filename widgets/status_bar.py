"""One line that leaves no doubt: where we are, how fresh it is, what is open and unresolved."""

from datetime import datetime, timedelta
from decimal import Decimal

from textual.reactive import var

from services.book_models import Book
from services.models import UNSETTLED, Balance
from services.text import cell_width
from widgets import look
from widgets.canvas import Canvas
from widgets.cells import (
    amount,
    dinars,
    local_minute,
    old,
    poll_cell,
    since,
    stale_words,
    why_words,
)
from widgets.ink import Cell, DrawnLine, fitted
from widgets.parts import Part, fit_parts

FRESH = timedelta(minutes=5)
WIDE = 120


class StatusBar(Canvas):
    """Environment, scope, balance and its age, the day's spending, counts, polling, who, clock.

    `low_balance` is in DZD: below it the balance is marked in words.
    """

    DEFAULT_CSS = "StatusBar { height: 1; width: 1fr; background: $panel; }"
    DRAWN_FROM = ("book", "now", "privacy", "low_balance")

    book: var[Book | None] = var[Book | None](None)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    low_balance: var[Decimal] = var(Decimal(5000))

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the line, its least important parts left out where it is narrow."""
        del height
        if self.book is None:
            return [fitted((), width)]
        clock = f"  {local_minute(self.now)} " if self.now else ""
        if width < 50:
            clock = ""
        room = max(0, width - cell_width(clock) - 1)
        line = (Cell(" "), *fit_parts(self._parts(self.book, width >= WIDE), room))
        return [
            (
                *fitted(line, max(width - len(clock), 0)),
                *fitted((Cell(clock, "strong"),), len(clock)),
            )
        ]

    def _parts(self, book: Book, wide: bool) -> list[Part]:
        privacy = (Cell("privacy", "warn"),) if self.privacy else ()
        thin = (Cell("thin line", "dim"), Cell("thin", "dim")) if look.now().coarse else ()
        return [
            Part((environment_cell(book.info.environment),)),
            Part(_scope(book), leaves=5 if book.info.can_buy else 2),
            Part(self._balance(book), leaves=4),
            Part(self._today(book) if wide else (), leaves=6),
            Part(_unresolved(book), leaves=1),
            Part(_to_read(book), leaves=1),
            Part(
                (Cell(f"{book.open_count} open", "busy" if book.open_count else "dim"),), leaves=3
            ),
            Part(_poll(book, self.now), leaves=2),
            Part(_why(book), leaves=6),
            Part(_forgotten(book), leaves=3),
            Part(privacy, leaves=6),
            Part(thin, leaves=6),
            Part((Cell(book.info.operator, "dim"),), leaves=7),
            Part((Cell(book.info.username, "dim"),), leaves=8),
        ]

    def _balance(self, book: Book) -> tuple[Cell, ...]:
        balance = book.balance
        if balance is None:
            ink = "warn" if book.balance_error else "dim"
            return (Cell("balance unknown", ink), Cell("balance ?", ink))
        words = dinars(balance.amount, self.privacy)
        read = since(balance.read_at, self.now)
        short = Cell(amount(balance.amount, self.privacy), "strong")
        if book.balance_error or old(balance.read_at, self.now, FRESH):
            return (Cell(f"{words} stale {read}", "warn"), Cell(f"{short.text} stale", "warn"))
        if self._low(balance):
            return (Cell(f"{words} LOW {read}", "warn"), Cell(f"{short.text} LOW", "warn"))
        return (Cell(f"{words} {read}".rstrip(), "strong"), Cell(words, "strong"), short)

    def _today(self, book: Book) -> tuple[Cell, ...]:
        """Return what was spent today of the day's limit; nothing where amounts are hidden."""
        spending = book.spending
        if spending is None or self.privacy:
            return ()
        spent = f"today {amount(spending.today)}"
        if not spending.day_limit:
            return (Cell(spent, "dim"),)
        words = f"{spent} / {amount(spending.day_limit)}"
        if not spending.left_today:
            return (Cell(f"{words} LIMIT", "warn"),)
        return (Cell(words, "dim"),)

    def _low(self, balance: Balance) -> bool:
        return not self.privacy and balance.amount < self.low_balance


def environment_cell(environment: str) -> Cell:
    """Return the environment's word; PRODUCTION is unmistakable, with and without colour."""
    if not environment:
        return Cell(" opening ", "dim")
    word = environment.upper()
    return Cell(f" {word} ", "sandbox" if word == "SANDBOX" else "production")


def _scope(book: Book) -> tuple[Cell, ...]:
    info = book.info
    if not info.validated:
        return (Cell("key not checked", "warn"), Cell("unchecked", "warn"))
    if info.scope == "READ-WRITE" and info.can_buy:
        return (Cell("READ-WRITE", "dim"), Cell("RW", "dim"))
    if info.scope == "READ-WRITE":
        return (Cell("buying off", "warn"),)
    return (Cell(info.scope, "warn"),)


def _unresolved(book: Book) -> tuple[Cell, ...]:
    count = sum(purchase.state in UNSETTLED for purchase in book.unsettled)
    if not count:
        return ()
    return (Cell(f"{count} UNRESOLVED", "alert"), Cell(f"{count} UNRES", "alert"))


def _to_read(book: Book) -> tuple[Cell, ...]:
    """Return how many purchases have their end, but nobody has taken note of it."""
    count = sum(purchase.state not in UNSETTLED for purchase in book.unsettled)
    return (Cell(f"{count} to read", "warn"),) if count else ()


def _forgotten(book: Book) -> tuple[Cell, ...]:
    """Return how many files with cards lie on this disk since long."""
    if not book.forgotten:
        return ()
    files = "file" if book.forgotten == 1 else "files"
    words = f"{book.forgotten} card {files}"
    return (Cell(f"{words} left", "warn"), Cell(words, "warn"))


def _poll(book: Book, now: datetime | None) -> tuple[Cell, ...]:
    poll = poll_cell(book.poll, now)
    word = Cell(poll.text.partition(" since ")[0], poll.ink)
    return (poll,) if word == poll else (poll, word)


def _why(book: Book) -> tuple[Cell, ...]:
    """Return why the orders are not current and what to press, or only why."""
    if not stale_words(book.poll):
        return ()
    words = why_words(book.poll.message)
    return (Cell(words, "warn"), Cell(words.partition("; ")[0], "warn"))
