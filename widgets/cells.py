"""Values as the words an operator reads: states, ages, amounts, times. Pure, without a screen."""

import re
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from services import money
from services.book_models import PollState
from services.models import Product
from services.text import fold, short_id
from widgets import look
from widgets.ink import MASK, Cell

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LOW_STOCK = 5
UNDER_A_MINUTE = "<1 m"
UNREACHED = "Could not reach the vendor: "

_WORD = re.compile(r"\w+")
_MONEY = re.compile(
    # With its unit; in groups of three, unless a unit of something else follows; with hundredths.
    r"(?<![\d.])\d(?:[\d\u00a0\u202f ]*\d)?(?:[.,]\d+)?(?=\s*(?:DZD|DA|dinars?)\b)"
    r"|(?<![\d.])\d{1,3}(?: \d{3})+(?:\.\d{1,2})?(?![\d.]|\s?[^\W\d]{2})"
    r"|(?<![\d.:])\d+\.\d{2}(?![\d.]|\s?[^\W\d]{2})"
)
"""What looks like an amount of money in a sentence."""

_STATES = {
    "INTENT": Cell("checking", "busy"),
    "SENDING": Cell("sending", "busy"),
    "UNRESOLVED": Cell("UNRESOLVED", "alert"),
    "AMBIGUOUS": Cell("AMBIGUOUS", "alert"),
    "NOT_SENT": Cell("not sent", "dim"),
    "REFUSED": Cell("refused", "warn"),
    "NOT_PLACED": Cell("not placed", "warn"),
    "HANDLING": Cell("handling", "busy"),
    "FULFILLED": Cell("fulfilled", "good"),
    "PARTIALLY_FILLED": Cell("partial", "warn"),
    "REFUNDED": Cell("refunded", "warn"),
}


def state_cell(state: str) -> Cell:
    """Return an order's or purchase's state as a word; an unknown one stands as it is."""
    return _STATES.get(state, Cell(state or "unknown", "warn"))


def age(seconds: float) -> str:
    """Say an age in steps so coarse that it seldom changes: `now`, `10 s`, `2 m`, `3 h`, `2 d`."""
    if seconds < 10:
        return "now"
    if seconds < MINUTE:
        return f"{int(seconds) // 10 * 10} s"
    if seconds < HOUR:
        return f"{int(seconds) // MINUTE} m"
    if seconds < 2 * DAY:
        return f"{int(seconds) // HOUR} h"
    return f"{int(seconds) // DAY} d"


def since(then: datetime, now: datetime | None) -> str:
    """Say how long ago a time was, both UTC; empty while the time now is not known.

    On a thin line in minutes of the clock, so that every age on a screen changes in one moment.
    """
    if now is None:
        return ""
    if not look.now().coarse:
        return age((now - then).total_seconds())
    minutes = int(now.timestamp() // MINUTE - then.timestamp() // MINUTE)
    return age(minutes * MINUTE) if minutes > 0 else UNDER_A_MINUTE


def ago(then: datetime, now: datetime | None) -> str:
    """Say how long ago a time was as part of a sentence: `2 m ago`, `just now`."""
    passed = since(then, now)
    return "just now" if passed == "now" else f"{passed} ago" if passed else local_clock(then)


def remaining(until: datetime, now: datetime | None) -> str:
    """Say how long a countdown still runs: seconds below ten, then steps of five, then minutes.

    On a thin line in steps of ten seconds.
    """
    if now is None:
        return ""
    seconds = max(0, int((until - now).total_seconds() + 0.999))
    if seconds >= 2 * MINUTE:
        return f"{seconds // MINUTE} m"
    if look.now().coarse:
        return f"{-(-seconds // 10) * 10} s"
    return f"{seconds if seconds < 10 else -(-seconds // 5) * 5} s"


def local_clock(time: datetime) -> str:
    """Return a time (UTC) as the wall clock here shows it, with seconds."""
    return f"{time.astimezone():%H:%M:%S}"


def local_minute(time: datetime) -> str:
    """Return a time (UTC) as the wall clock here shows it, in minutes."""
    return f"{time.astimezone():%H:%M}"


def local_day_clock(time: datetime, now: datetime | None) -> str:
    """Return a time (UTC) as the wall clock here if it is of today, else with its day."""
    at = time.astimezone()
    if now is not None and at.date() == now.astimezone().date():
        return f"{at:%H:%M:%S}"
    return f"{at:%m-%d %H:%M}"


def local_time(time: datetime) -> str:
    """Return a time (UTC) as date and wall clock here."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}"


def local_when(time: datetime, now: datetime | None) -> str:
    """Return a time (UTC) as short as it can be here: `14:05` today, `24/11 14:05`, `24/11/25`."""
    local = time.astimezone()
    today = now.astimezone() if now else None
    if today is not None and local.date() == today.date():
        return f"{local:%H:%M}"
    if today is not None and local.year != today.year:
        return f"{local:%d/%m/%y}"
    return f"{local:%d/%m %H:%M}"


def given_when(time: datetime, now: datetime | None) -> str:
    """Return when something was given, in five signs: `14:05` today, else the day, `24/11`."""
    told = local_when(time, now)
    return told[:5]


def amount(value: Decimal | None, privacy: bool = False) -> str:
    """Return an amount in DZD for a person; a mask in privacy mode, empty when it is not known."""
    if value is None:
        return ""
    return MASK if privacy else money.show(value)


def dinars(value: Decimal | None, privacy: bool = False) -> str:
    """Return an amount with its unit: `48 250 DZD`; empty when it is not known."""
    return "" if value is None else f"{amount(value, privacy)} DZD"


def goods(title: str, product: Product | None) -> str:
    """Return what a product is called, with its region: `PUBG Mobile UC, MENA`.

    A card of another region is worth nothing to the customer, and both may have the same name.
    """
    region = product.region if product else ""
    said = _words(region)
    return f"{title}, {region}" if region and said not in _words(title) else title


def _words(text: str) -> str:
    """Return text as whole words between spaces, as a search compares them."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def discreet(sentence: str, privacy: bool) -> str:
    """Return a sentence as it may be drawn: in privacy mode with every amount of money masked.

    Sentences come from checks, errors and the vendor, with amounts in the middle of words.
    """
    return _MONEY.sub(MASK, sentence) if privacy else sentence


def retail(price: Decimal, markup_percent: Decimal) -> Decimal:
    """Return what a customer pays in DZD: the wholesale price marked up, to the next dinar."""
    return (price * (100 + markup_percent) / 100).to_integral_value(rounding=ROUND_CEILING)


def percent(part: Decimal, whole: Decimal) -> str:
    """Return a part of an amount in percent: `4.8 %`; empty of nothing."""
    if not whole:
        return ""
    return f"{(100 * part / whole).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP):f} %"


def stock_cell(quantity: int) -> Cell:
    """Return how many cards are in stock, in words where it matters."""
    if quantity <= 0:
        return Cell("out of stock", "alert")
    return Cell(
        f"{quantity} left" if quantity <= LOW_STOCK else f"{quantity} in stock",
        "warn" if quantity <= LOW_STOCK else "good",
    )


def filled(fulfilled: int | None, quantity: int) -> str:
    """Return how many cards came of how many were ordered: `1/2`, or `2` while none is known."""
    return str(quantity) if fulfilled is None else f"{fulfilled}/{quantity}"


def order_id_words(order_id: str) -> str:
    """Return an order's short id, or words while there is none."""
    return short_id(order_id) if order_id else "no order"


def poll_cell(poll: PollState, now: datetime | None = None) -> Cell:
    """Return how the polling of the orders is doing, in a word or two.

    Since when is left out while the clock beside it (`now`, UTC) shows the same minute.
    """
    at = ""
    if poll.since and not (now and local_minute(poll.since) == local_minute(now)):
        at = f" since {local_minute(poll.since)}"
    words = {
        "starting": Cell("connecting", "dim"),
        "live": Cell("live", "good"),
        "following": Cell("following", "good"),
        "failing": Cell(f"failing{at}", "warn"),
        "blocked": Cell(f"blocked{at}", "alert"),
        "stopped": Cell(f"stopped{at}", "alert"),
    }
    return words.get(poll.state, Cell(poll.state, "warn"))


def why_words(sentences: str) -> str:
    """Return the cause out of what a failure said, and the key that tries again; empty if none."""
    cause = sentences.partition(". ")[0].rstrip(".").removeprefix(UNREACHED)
    return f"{cause}; r tries again" if cause else ""


def stale_words(poll: PollState) -> str:
    """Return since when the orders shown are not current; empty while they are."""
    if poll.state in ("live", "following", "starting"):
        return ""
    return f"stale since {local_minute(poll.last_ok)}" if poll.last_ok else "not read yet"


def old(then: datetime, now: datetime | None, limit: timedelta) -> bool:
    """Tell whether a reading is older than it should be."""
    return now is not None and now - then > limit
