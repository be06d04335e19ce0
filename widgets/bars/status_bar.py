"""One line that leaves no doubt: where we are, how fresh it is, what is open and unresolved."""

from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from textual.reactive import var

from services.domain.book import Book
from services.domain.errors import FOREIGN_CURRENCY
from services.domain.local_time import local_minute
from services.domain.models import UNSETTLED, Balance
from services.domain.money import Prices
from widgets.drawing import style
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import (
    amount,
    dinars,
    discreet,
    environment_cell,
    link_cells,
    old,
    poll_cell,
    stale_words,
    why_forms,
)
from widgets.drawing.fit import BETWEEN, Part, choose_parts, joined
from widgets.drawing.ink import Cell, DrawnLine, fitted, line_width

FRESH = timedelta(minutes=5)
WIDE = 112
"""From so many columns on there are three blanks between two parts, else two."""


LEAST_FOR_CLOCK = 50


class StatusBar(Canvas):
    """Environment, balance, what is open and what is to hand over, the day, who, the clock.

    Nothing here grows older: a time is said where something is wrong since then. `low_balance` is
    in DZD: below it the balance is marked in words. `turned` to a customer it says the environment
    and the clock alone.
    """

    DEFAULT_CSS = "StatusBar { height: 1; width: 1fr; background: $panel; }"
    DRAWN_FROM = ("book", "now", "privacy", "low_balance", "prices", "turned")

    book: var[Book | None] = var[Book | None](None)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    low_balance: var[Decimal] = var(Decimal(5000))
    prices: var[Prices] = var(Prices())
    turned: var[bool] = var(False)

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the line, its least important parts left out where it is narrow."""
        del height
        if self.book is None:
            return [fitted((), width)]
        between = "   " if width >= WIDE else BETWEEN
        kept = choose_parts(self._parts(self.book, width), max(0, width - 1), between)
        left = joined([part for part in kept if not part.end], between)
        right = (*joined([part for part in kept if part.end], between), Cell(" "))
        room = max(0, width - line_width(right))
        return [(*fitted(left, room), *fitted(right, width - room))]

    def _parts(self, book: Book, width: int) -> list[Part]:
        privacy = (Cell("privacy", "warn"),) if self.privacy else ()
        slow = (Cell("slow line", "dim"), Cell("slow", "dim")) if style.now().coarse else ()
        to_give = sum(order.mine and order.to_give for order in book.orders)
        clock = local_minute(self.now) if self.now and width >= LEAST_FOR_CLOCK else ""
        environment = Part((environment_cell(book.info.environment),))
        time = Part((Cell(clock, "strong"),), end=True)
        if self.turned:
            return [environment, time]
        return [
            environment,
            Part(_scope(book)),
            Part(_why_not(book, self.privacy), leaves=5),
            Part(self._balance(book), leaves=0),
            Part(_why_no_balance(book, self.privacy), leaves=5),
            Part(_no_answer(book)),
            Part(_codes_late(book), leaves=1),
            Part(_to_approve(book), leaves=1),
            Part(_notices(book), leaves=1),
            Part(_counted(book.open_count, "\u25cb", "handling", "busy"), leaves=3),
            Part(_counted(to_give, "\u25cf", "to hand over", "good"), leaves=2),
            # That all is well says less than whose name an order is bought under.
            Part(_link(book, self.now), leaves=2 if _poll_is_bad(book) else 7),
            Part(_why(book, self.privacy), leaves=5),
            Part(self._limit(book), leaves=1),
            Part(_forgotten(book), leaves=3),
            Part(privacy, leaves=4),
            Part(slow, leaves=9),
            *self._day(book),
            Part((Cell(book.info.route, "dim"),), leaves=9),
            Part((Cell(book.info.username, "dim"),), leaves=10, end=True),
            Part((Cell(book.info.operator, "dim"),), leaves=6, end=True),
            time,
        ]

    def _balance(self, book: Book) -> tuple[Cell, ...]:
        balance = book.balance
        if balance is None:
            ink = "warn" if book.balance_error else "dim"
            words = _foreign(book) or "balance unknown"
            return (Cell(words, ink), Cell("balance ?", ink))
        # What is said here is there: a dinar that is not whole is none.
        whole = balance.amount.to_integral_value(ROUND_FLOOR)
        words, short = dinars(whole, self.privacy), amount(whole, self.privacy)
        if book.balance_error or old(balance.read_at, self.now, FRESH):
            of = f"balance of {local_minute(balance.read_at)}"
            return (Cell(f"{words} {of}", "warn"), Cell(f"{short} {of}", "warn"))
        if self._low(balance):
            return (Cell(f"{words} low", "warn"), Cell(f"{short} low", "warn"))
        return (Cell(words, "strong"), Cell(short, "strong"))

    def _day(self, book: Book) -> list[Part]:
        """Return what was sold today and what is earned by it; nothing where amounts are hidden."""
        day = book.day
        if day is None or self.privacy or not day.goods:
            return []
        sold = sum((each.sold(self.prices) for each in day.goods), Decimal(0))
        whole, margin = sold.to_integral_value(ROUND_FLOOR), (sold - day.cost).to_integral_value()
        return [
            Part((Cell(amount(whole)),), leaves=8, label="sold"),
            Part((Cell(amount(margin)),), leaves=9, label="margin"),
        ]

    def _limit(self, book: Book) -> tuple[Cell, ...]:
        """Return that the day's limit is used up; nothing while something of it is left."""
        spending = book.spending
        if spending is None or not spending.day_limit or spending.left_today:
            return ()
        return (Cell("day limit reached", "warn"), Cell("limit", "warn"))

    def _low(self, balance: Balance) -> bool:
        return not self.privacy and balance.amount < self.low_balance


def _scope(book: Book) -> tuple[Cell, ...]:
    info = book.info
    if not info.validated:
        return (Cell("key not checked", "warn"), Cell("unchecked", "warn"))
    if info.scope == "READ-WRITE" and info.can_buy:
        return ()
    if info.scope == "READ-WRITE":
        return (Cell("buying off", "warn"),)
    return (Cell(info.scope, "warn"),)


def _why_not(book: Book, privacy: bool) -> tuple[Cell, ...]:
    """Return why nothing can be bought, where neither the key's scope nor the orders say it."""
    info = book.info
    if info.can_buy or not info.validated or info.scope != "READ-WRITE" or stale_words(book.poll):
        return ()
    return (Cell(discreet(info.why_not_cause, privacy), "warn"),)


def _foreign(book: Book) -> str:
    """Return that the balance is in another currency; empty while it is not."""
    failure = book.balance_error
    return str(failure.cause) if failure and failure.code == FOREIGN_CURRENCY else ""


def _why_no_balance(book: Book, privacy: bool) -> tuple[Cell, ...]:
    """Return why the balance is not current, where nothing else says it."""
    if not book.balance_error or _foreign(book) or stale_words(book.poll):
        return ()
    cause = discreet(book.balance_error.cause, privacy)
    return (Cell(f"{cause}; r tries again", "warn"), Cell(cause, "warn"))


def _no_answer(book: Book) -> tuple[Cell, ...]:
    count = sum(purchase.state in UNSETTLED for purchase in book.unsettled)
    return (Cell(f"{count} NO ANSWER", "alert"),) if count else ()


def _counted(count: int, sign: str, word: str, ink: str) -> tuple[Cell, ...]:
    return (Cell(f"{sign} {count} {word}", ink), Cell(f"{sign} {count}", ink)) if count else ()


def _codes_late(book: Book) -> tuple[Cell, ...]:
    """Return how many of our purchases are paid for two minutes without all of their codes."""
    count = len(book.codes_late)
    return (Cell(f"{count} codes late", "alert"), Cell(f"{count} late", "alert")) if count else ()


def _notices(book: Book) -> tuple[Cell, ...]:
    """Return how many purchases have their end, but that is not acknowledged."""
    count = sum(purchase.state not in UNSETTLED for purchase in book.unsettled)
    if not count:
        return ()
    return (Cell("1 notice" if count == 1 else f"{count} notices", "warn"),)


def _to_approve(book: Book) -> tuple[Cell, ...]:
    """Return how many purchases wait for another person's approval."""
    count = len(book.to_approve)
    return (Cell(f"{count} to approve", "warn"), Cell(f"{count} appr.", "warn")) if count else ()


def _forgotten(book: Book) -> tuple[Cell, ...]:
    """Return how many files with cards lie on this disk since long."""
    if not book.forgotten:
        return ()
    files = "file" if book.forgotten == 1 else "files"
    words = f"{book.forgotten} card {files}"
    return (Cell(f"{words} left", "warn"), Cell(words, "warn"))


def _poll_is_bad(book: Book) -> bool:
    link = book.link
    return bool(book.journal_away or stale_words(book.poll) or link.silent_since or link.held_until)


def _link(book: Book, now: datetime | None) -> tuple[Cell, ...]:
    if book.journal_away is not None:
        since = local_minute(book.journal_away)
        return (
            Cell(f"no journal since {since}", "warn"),
            Cell("no journal", "warn"),
        )
    # What reads meet now says more than how the last of them ended.
    if link := link_cells(book.link, now):
        return link
    forms = poll_cell(book.poll, now), poll_cell(book.poll, short=True)
    return tuple(dict.fromkeys(forms))


def _why(book: Book, privacy: bool) -> tuple[Cell, ...]:
    """Return why the orders are not current and what to press, or only why."""
    if not stale_words(book.poll):
        return ()
    return tuple(Cell(words, "warn") for words in why_forms(book.poll.failure, privacy))
