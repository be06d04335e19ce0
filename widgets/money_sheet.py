"""Money at a glance, everything explained in words."""

from decimal import Decimal

from textual.reactive import var

from services.book_models import Book
from services.spending_words import facts
from widgets.ink import Cell, Line
from widgets.sheet import Sheet, fact, sentence

HIDDEN = "Privacy mode hides the amounts; leave it to see them."


class MoneySheet(Sheet):
    """The balance, what was spent against the day's limit, what may come back, the runway.

    `low_balance` is in DZD, `exclusive` whether every buyer of the account uses this journal.
    """

    DEFAULT_CSS = "MoneySheet { padding: 0 1; height: 1fr; }"
    DRAWN_FROM = ("book", "privacy")

    book: var[Book | None] = var[Book | None](None)
    privacy: var[bool] = var(False)
    low_balance: var[Decimal] = var(Decimal(5000))
    markup_percent: var[Decimal] = var(Decimal(5))
    exclusive: var[bool] = var(False)

    def text_lines(self, width: int) -> list[Line]:
        """Return a fact for each thing, its name beside its sentence."""
        title: list[Line] = [(Cell("Money at a glance", "title-blurred"),), ()]
        if self.privacy or self.book is None:
            return title + sentence(HIDDEN if self.privacy else "", width, "warn")
        balance = self.book.balance.amount if self.book.balance else None
        told = facts(
            self.book.spending,
            balance,
            self.low_balance,
            markup_percent=self.markup_percent,
            exclusive=self.exclusive,
        )
        lines = title
        for name, words in told:
            low = name == "balance" and balance is not None and balance < self.low_balance
            lines += fact(name, words, width, "warn" if low else "plain")
        lines += fact("to give", _to_give(self.book), width)
        if self.book.balance_error:
            lines += fact("reading", self.book.balance_error, width, "warn")
        return lines


def _to_give(book: Book) -> str:
    """Say how many orders of the board have cards that are not marked as given."""
    waiting = sum(row.mine and row.to_give for row in book.orders)
    if not waiting:
        return "Nothing: every card of the board's orders is marked as given."
    orders = "order has" if waiting == 1 else "orders have"
    return f"{waiting} {orders} cards that are not marked as given: t lists them."
