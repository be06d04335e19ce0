"""`carddesk events --follow`: what happens on the desk, a line of JSON each, until ctrl+c."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Final

from services.domain.alerts import AlertDetector, Alerts
from services.domain.book import BoardOrder, Book, DeskInfo, LogEntry
from services.domain.errors import BadInput
from services.system.clock import SystemClock
from tui.cli import exit_codes
from tui.cli.context import AddCommand, Call
from tui.formats import as_json
from tui.formats.as_json import Document

ORDER = (
    "order_id", "purchase_id", "product_id", "product_title", "type_id", "type_name", "quantity",
    "cards_came", "cards_missing", "total", "price", "note", "operator", "mine", "final", "late",
)  # fmt: skip


def declare(add: AddCommand) -> None:
    command = add("events", events, "say what happens on the desk, as lines of JSON")
    command.add_argument(
        "--follow", action="store_true", help="go on until ctrl+c or until its reader ends"
    )


async def events(call: Call) -> int:
    """Print what happens from now on; a reader that goes away ends it quietly."""
    if not call.args.follow:
        raise BadInput(
            "Events are followed as they happen: add --follow",
            advice="What happened before: carddesk audit.",
        )
    settings, clock = call.settings(), SystemClock()
    lines = EventLines(clock.now(), settings.purchase.deadline_seconds, settings.ui.low_balance)
    async with call.unchecked_desk() as desk:
        desk.start()
        books = desk.books()
        while (book := await call.out.unless_unread(anext(books, None))) is not None:
            for document in lines.take(book, clock.now()):
                if not await call.out.line(json.dumps(document)):
                    return exit_codes.DONE
            if book.fatal:
                call.out.say(f"carddesk: {book.fatal}")
                return book.fatal_exit
    return exit_codes.DONE


class EventLines:
    """Compares each book with the one before it and says what happened in between.

    What was so when it began is no news, but for the state of the desk itself.

    Args:
        began: since when somebody listens (UTC).
        deadline_seconds: how long the vendor has to answer a purchase.
        low_balance: DZD; below it the balance counts as low.
    """

    def __init__(self, began: datetime, deadline_seconds: float, low_balance: Decimal) -> None:
        self._began: Final = began
        self._low: Final = low_balance
        self._alerts: Final = AlertDetector(began, deadline_seconds)
        self._book: Book | None = None
        self._states: dict[str, str] | None = None
        self._logged: LogEntry | None = None

    def take(self, book: Book, now: datetime) -> list[Document]:
        """Take a newer book and return what happened, each with its time and the name of the event.

        Args:
            book: as it is now.
            now: the time, UTC.
        """
        before, self._book = self._book, book
        found = [
            *self._desk(book, before),
            *self._orders(book, before),
            *_balance(book, before),
            *_unclaimed(book, before),
            *self._alert(self._alerts.take(book, now, self._low)),
            *self._log(book),
        ]
        return [{"time": as_json.instant(now)} | document for document in found]

    def _desk(self, book: Book, before: Book | None) -> list[Document]:
        state = _desk(book.info, book.poll.state)
        if before is not None and state == _desk(before.info, before.poll.state):
            return []
        return [{"event": "desk", **state}]

    def _orders(self, book: Book, before: Book | None) -> list[Document]:
        """Name each order and purchase whose state is another one than before."""
        if before is not None and before.orders is book.orders:
            return []
        known = self._states
        self._states = {row.line: row.desk_state for row in book.orders}
        if known is None:
            return []
        # The board is newest first; what happened is read oldest first.
        return [
            _order(row, known.get(row.line))
            for row in reversed(book.orders)
            if known.get(row.line) != row.desk_state and not self._is_old(row, known)
        ]

    def _is_old(self, row: BoardOrder, known: dict[str, str]) -> bool:
        """Whether an order of before is merely seen for the first time."""
        return row.line not in known and row.time < self._began and row.final

    @staticmethod
    def _alert(news: Alerts) -> list[Document]:
        watched: list[Document] = [
            {"event": "watch", "kind": each.news.kind, **each.news.facts}
            for each in news.occasions
            if each.news is not None
        ]
        if not (news.needs or news.low):
            return watched
        alert: Document = {"event": "alert", "needs_a_person": news.needs, "balance_low": news.low}
        return [*watched, alert]

    def _log(self, book: Book) -> list[Document]:
        """Return the lines of the log that came after the last one, and none from before."""
        entries = book.log
        last = next((at for at, e in enumerate(entries) if e is self._logged), -1)
        if entries:
            self._logged = entries[-1]
        return [
            {"event": "log", "level": entry.level, "text": entry.text}
            for entry in entries[last + 1 :]
            if entry.at >= self._began
        ]


def _desk(info: DeskInfo, poll: str) -> Document:
    return {
        "profile": info.profile,
        "environment": info.environment,
        "operator": info.operator,
        "can_buy": info.can_buy,
        "why_not": None if info.can_buy else str(info.why_not),
        "poll": poll,
    }


def _order(row: BoardOrder, before: str | None) -> Document:
    fields = as_json.board_order(row)
    return {
        "event": "order",
        "state": row.desk_state,
        "before": before,
        **{name: fields[name] for name in ORDER},
    }


def _balance(book: Book, before: Book | None) -> list[Document]:
    now, old = book.balance, before.balance if before else None
    if now is None or (old is not None and old.amount == now.amount):
        return []
    return [
        {
            "event": "balance",
            "balance": as_json.amount(now.amount),
            "before": as_json.amount(old.amount) if old else None,
            "currency": now.currency or "DZD",
        }
    ]


def _unclaimed(book: Book, before: Book | None) -> list[Document]:
    if before is None or book.unclaimed == before.unclaimed:
        return []
    return [{"event": "unclaimed", "orders": book.unclaimed, "before": before.unclaimed}]
