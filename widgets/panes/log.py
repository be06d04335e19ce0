"""The last things that happened, newest first, in words."""

from textual.reactive import var

from services.domain.book import Book, LogEntry, Logged
from services.domain.local_time import local_clock, local_minute
from services.domain.text import natural
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.drawing.cells import discreet
from widgets.drawing.ink import Cell

CLOCK = 8
"""Cells of a time with its seconds; in fewer it is said to the minute."""

COLUMNS = (
    Column("at", "time", CLOCK, steps=((4, 5),), leaves=1, searched=False),
    Column("customer", "customer", 12, steps=((3, 9),), leaves=2),
    Column("text", "event", least=24),
)
SIGN = "!"
"""Before what needs a person: without colour its ink says nothing."""

_INKS = {"warning": "warn", "error": "alert"}


def entry_cells(logged: Logged, view: View) -> dict[str, Cell]:
    entry = logged.entry
    words = discreet(entry.words, view.privacy)
    ink = _INKS.get(entry.level, "plain")
    at = local_clock if view.room.get("at", CLOCK) >= CLOCK else local_minute
    return {
        "at": Cell(at(entry.at), "dim"),
        "customer": Cell(entry.customer),
        "text": Cell(words if entry.level == "info" else f"{SIGN} {words}", ink),
    }


class LogPane(Board[Logged]):
    """The book's log; `highlighted.entry` is the entry under the cursor."""

    book: var[Book | None] = var[Book | None](None)

    def counting(self) -> bool:
        return False

    def describe(self, row: Logged) -> str:
        """Say it whole, its amounts hidden in privacy mode."""
        return discreet(row.entry.words, self.privacy)

    def nothing_to_open(self) -> str:
        """Say that no entry can be opened."""
        return "The log has nothing to open."

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            row_id=lambda logged: logged.row_id,
            cells=entry_cells,
            search=lambda logged: " ".join(
                (logged.entry.level, logged.entry.customer, logged.entry.text)
            ),
            sort_keys={
                "at": lambda logged: logged.entry.at,
                "customer": lambda logged: natural(logged.entry.customer),
                "text": lambda logged: natural(logged.entry.text),
            },
            heading="Log",
            newest_first=True,
            id=id,
            classes=classes,
        )
        self._entries: tuple[LogEntry, ...] = ()
        self.set_reactive(Board.placeholder, "Nothing has happened yet.")

    def watch_book(self, book: Book | None) -> None:
        entries = book.log if book else ()
        if entries is not self._entries:
            self._entries = entries
            self.show_rows(_newest_first(entries))


def _newest_first(entries: tuple[LogEntry, ...]) -> tuple[Logged, ...]:
    repeats: dict[str, int] = {}
    logged: list[Logged] = []
    for entry in entries:
        name = f"{entry.at.isoformat()} {entry.text}"
        repeats[name] = repeats.get(name, 0) + 1
        logged.append(Logged(f"{name} {repeats[name]}", entry))
    logged.sort(key=lambda item: item.entry.at, reverse=True)
    return tuple(logged)
