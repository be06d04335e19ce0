"""A line of the log with a key of its own."""

from msgspec import Struct

from services.book_models import LogEntry


class Logged(Struct, frozen=True):
    """An entry with a key of its own: two things can happen at one time."""

    key: str
    entry: LogEntry
