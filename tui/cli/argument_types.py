"""What a person types after a command, read strictly: quantities, amounts, seconds, moments."""

import re
from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from decimal import Decimal

from services.domain import money
from services.domain.errors import BadInput
from services.domain.text import clean
from services.domain.typed.day import moment_of
from services.system.clock import SystemClock

LONGEST_WAIT = 86_400.0
LONGEST_NOTE = 200
LARGEST_LIMIT = 100_000
LONG_ENOUGH = 120.0
"""Seconds that `--wait` waits where it names none."""
FASTEST = 3_600
_SECONDS = r"[0-9]{1,6}(\.[0-9]{1,3})?"
_ID = r"[!-~]{1,128}"


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
    if re.fullmatch(_SECONDS, text) and float(text) <= LONGEST_WAIT:
        return float(text)
    raise BadInput(f"{_quoted(text)} is not a time in seconds from 0 to {LONGEST_WAIT:.0f}")


def port(text: str) -> int:
    """Read a TCP port, 0 for any free one; raises BadInput otherwise."""
    if text.isascii() and text.isdigit() and int(text) < 65_536:
        return int(text)
    raise BadInput(f"{_quoted(text)} is not a port from 0 to 65535")


def limit(text: str) -> int:
    """Read a number of requests a minute, 0 for any number; raises BadInput otherwise."""
    if text.isascii() and text.isdigit() and int(text[:9]) <= LARGEST_LIMIT:
        return int(text)
    raise BadInput(f"{_quoted(text)} is not a number of requests from 0 to {LARGEST_LIMIT}")


def speed(text: str) -> int:
    """Read how many times as fast something moves, from 1; raises BadInput otherwise."""
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= FASTEST:
        return int(text)
    raise BadInput(f"{_quoted(text)} is not a whole number from 1 to {FASTEST}")


def vendor_id(text: str) -> str:
    """Read an id of the vendor's: printable ASCII without spaces; raises BadInput otherwise."""
    if re.fullmatch(_ID, text):
        return text
    raise BadInput(f"{_quoted(text)} cannot be an id of the vendor's")


def idempotency_key(text: str) -> str:
    """Read a caller's own key for one purchase: printable ASCII; raises BadInput otherwise."""
    if re.fullmatch(_ID, text):
        return text
    raise BadInput("An idempotency key is 1 to 128 printable ASCII characters without spaces")


def note(text: str) -> str:
    """Read a note for a purchase: one line of text; raises BadInput if it is too long."""
    if len(text) <= LONGEST_NOTE:
        return clean(text).strip()
    raise BadInput(f"A note has at most {LONGEST_NOTE} characters")


def reference(text: str) -> str:
    """Read an order id, a purchase id or an idempotency key; raises BadInput otherwise."""
    if re.fullmatch(_ID, text):
        return text
    raise BadInput(f"{_quoted(text)} is no order id, purchase id or idempotency key")


def add_what(command: ArgumentParser, words: str, purpose: str, *, required: bool = False) -> None:
    """Declare what a command is to do: `list|add|remove`, where the first is meant without one."""
    choices = words.split("|")
    nargs, default = (None, None) if required else ("?", choices[0])
    command.add_argument(
        "what", choices=choices, metavar=words, nargs=nargs, default=default, help=purpose
    )


def add_vendor_id(command: ArgumentParser, name: str, purpose: str) -> None:
    """Declare an id of the vendor's that may be missing."""
    command.add_argument(name, metavar=name.upper(), nargs="?", type=vendor_id, help=purpose)


def add_period(command: ArgumentParser) -> None:
    """Declare `--from` and `--to`."""
    command.add_argument(
        "--from",
        dest="start",
        metavar="TIME",
        type=start,
        help="since then: a day, a time, today, 24/11",
    )
    command.add_argument(
        "--to",
        dest="end",
        metavar="TIME",
        type=end,
        help="until then; a bare day includes all of it",
    )


def add_wait(command: ArgumentParser, until: str) -> None:
    """Declare `--wait`; `until` says what is waited for."""
    command.add_argument(
        "--wait",
        metavar="SECONDS",
        nargs="?",
        const=LONG_ENOUGH,
        type=seconds,
        help=f"wait until {until}, for SECONDS at most ({LONG_ENOUGH:.0f} unless given)",
    )


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


def _moment(text: str, of_a_bare_day: time) -> datetime:
    return moment_of(text, SystemClock().now().astimezone().date(), of_a_bare_day)


def _quoted(text: str) -> str:
    return f'"{clean(text, 40)}"'
