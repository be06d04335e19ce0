"""What a person types after a command, read strictly: quantities, amounts, seconds, moments."""

import re
from argparse import ArgumentParser
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from services import money
from services.errors import BadInput
from services.text import clean

MOST_CARDS = 100_000
LONGEST_WAIT = 86_400.0
LONGEST_NOTE = 200
_QUANTITY = re.compile(r"[1-9][0-9]{0,5}")
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")
_ID = re.compile(r"[!-~]{1,128}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?")


def quantity(text: str) -> int:
    """Read how many cards to buy: a whole number from 1 to 100000 in the digits 0 to 9.

    Raises:
        BadInput: for anything else, also for what Python would take as a number.
    """
    if _QUANTITY.fullmatch(text) and int(text) <= MOST_CARDS:
        return int(text)
    raise BadInput(
        f"The quantity {_quoted(text)} is not a whole number from 1 to {MOST_CARDS}",
        advice="Nothing was sent.",
    )


def amount(text: str) -> Decimal:
    """Read a limit in DZD, above zero; raises BadInput otherwise."""
    try:
        value = money.parse(text)
    except ValueError:
        value = money.ZERO
    if value > 0:
        return value
    raise BadInput(f"{_quoted(text)} is not an amount in DZD above zero, such as 48250.50")


def seconds(text: str) -> float:
    """Read a waiting time in seconds, from 0 to one day; raises BadInput otherwise."""
    if _SECONDS.fullmatch(text) and float(text) <= LONGEST_WAIT:
        return float(text)
    raise BadInput(f"{_quoted(text)} is not a time in seconds from 0 to {LONGEST_WAIT:.0f}")


def port(text: str) -> int:
    """Read a TCP port, 0 for any free one; raises BadInput otherwise."""
    if text.isascii() and text.isdigit() and int(text) < 65_536:
        return int(text)
    raise BadInput(f"{_quoted(text)} is not a port from 0 to 65535")


def vendor_id(text: str) -> str:
    """Read an id of the vendor's: printable ASCII without spaces; raises BadInput otherwise."""
    if _ID.fullmatch(text):
        return text
    raise BadInput(f"{_quoted(text)} cannot be an id of the vendor's")


def idempotency_key(text: str) -> str:
    """Read a caller's own key for one purchase: printable ASCII; raises BadInput otherwise."""
    if _ID.fullmatch(text):
        return text
    raise BadInput("An idempotency key is 1 to 128 printable ASCII characters without spaces")


def note(text: str) -> str:
    """Read a note for a purchase: one line of text; raises BadInput if it is too long."""
    if len(text) <= LONGEST_NOTE:
        return clean(text).strip()
    raise BadInput(f"A note has at most {LONGEST_NOTE} characters")


def reference(text: str) -> str:
    """Read an order id, a purchase id or an idempotency key; raises BadInput otherwise."""
    if _ID.fullmatch(text):
        return text
    raise BadInput(f"{_quoted(text)} is no order id, purchase id or idempotency key")


def add_period(command: ArgumentParser) -> None:
    """Declare `--from` and `--to`."""
    command.add_argument("--from", dest="start", metavar="TIME", type=start, help="since then")
    command.add_argument("--to", dest="end", metavar="TIME", type=end, help="until then")


def start(text: str) -> datetime:
    """Read the beginning of a period as UTC; a bare date is its midnight, local time."""
    return _moment(text, time.min)


def end(text: str) -> datetime:
    """Read the end of a period as UTC; a bare date includes that whole day, local time."""
    return _moment(text, time.max)


def period(
    begin: datetime | None, finish: datetime | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Complete and check a period (UTC): the vendor takes both ends or none.

    Args:
        begin: `--from`, or None.
        finish: `--to`, or None for now when there is a beginning.
        now: the current time.

    Raises:
        BadInput: if only the end is given, or the end is before the beginning.
    """
    if begin is None:
        if finish is not None:
            raise BadInput("--to needs --from beside it")
        return None, None
    last = finish or now + timedelta(minutes=1)
    if last < begin:
        raise BadInput("--to is before --from")
    return begin, last


def _moment(text: str, of_a_bare_date: time) -> datetime:
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(datetime.fromisoformat(text).date(), of_a_bare_date).astimezone(
                UTC
            )
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise BadInput(f"{_quoted(text)} is not a time such as 2026-03-31 or 2026-03-31T18:30")


def _quoted(text: str) -> str:
    return f'"{clean(text, 40)}"'
