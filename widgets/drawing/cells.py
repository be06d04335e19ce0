"""Values as the words an operator reads: states, ages, amounts, times. Pure, without a screen."""

from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from services.domain import money, status_text
from services.domain.book import BoardOrder, LinkState, PollState
from services.domain.errors import NO_DESK, NOT_OPEN, Failure
from services.domain.local_time import local_clock, local_minute, local_when
from services.domain.models import CODES_LATE, Product, Purchase
from services.domain.phrase import Phrase
from services.domain.purchase_states import ELSEWHERE, HANDED_OVER, state_name
from services.domain.text import short_id
from services.domain.typed.product_names import with_region
from widgets.drawing import style
from widgets.drawing.ink import MASK, Cell

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LOW_STOCK = 5
UNDER_A_MINUTE = "<1 m"

_STATES: dict[str, Cell] = {
    "AWAITING_APPROVAL": Cell("!", "warn"),
    "INTENT": Cell("↑", "busy"),
    "SENDING": Cell("↑", "busy"),
    "UNRESOLVED": Cell("?", "alert"),
    "AMBIGUOUS": Cell("?", "alert"),
    "NOT_SENT": Cell("!", "warn"),
    "REFUSED": Cell("!", "warn"),
    "NOT_PLACED": Cell("✓", "dim"),
    "HANDLING": Cell("○", "busy"),
    "FULFILLED": Cell("●", "good"),
    HANDED_OVER: Cell("✓", "dim"),
    ELSEWHERE: Cell("✓", "dim"),
    CODES_LATE: Cell("!", "alert"),
    "PARTIALLY_FILLED": Cell("◐", "warn"),
    "REFUNDED": Cell("↺", "dim"),
}
"""The sign and the ink of each state; one that the vendor has added is open as far as we know."""


def state_cell(state: str, quantity: int = 0, came: int | None = None) -> Cell:
    """Return a state as its sign and its word, with the numbers where a part of the cards came."""
    sign, ink = _STATES.get(state, Cell("○", "warn"))
    return Cell(f"{sign} {state_name(state, quantity, came)}", ink)


def order_state_cell(order: BoardOrder) -> Cell:
    """Return the state of an order as its sign and its words."""
    word, ink = state_cell(order.desk_state, order.quantity, order.delivered)
    return Cell(f"! late, {order.state_words}", "alert") if order.late else Cell(word, ink)


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

    On a slow line in minutes of the clock, so that every age on a screen changes in one moment.
    """
    if now is None:
        return ""
    if not style.now().coarse:
        return age((now - then).total_seconds())
    minutes = int(now.timestamp() // MINUTE - then.timestamp() // MINUTE)
    return age(minutes * MINUTE) if minutes > 0 else UNDER_A_MINUTE


def ago(then: datetime, now: datetime | None) -> str:
    """Say how long ago a time was as part of a sentence: `2 m ago`, `just now`."""
    passed = since(then, now)
    return "just now" if passed == "now" else f"{passed} ago" if passed else local_clock(then)


def due(until: datetime, now: datetime | None) -> str:
    """Say how long a countdown still runs: `in 8 s`, then steps of five, then minutes; or `now`.

    On a slow line in steps of ten seconds.
    """
    if now is None:
        return ""
    seconds = int((until - now).total_seconds() + 0.999)
    if seconds <= 0:
        return "now"
    if seconds >= 2 * MINUTE:
        return f"in {seconds // MINUTE} m"
    if style.now().coarse:
        return f"in {-(-seconds // 10) * 10} s"
    return f"in {seconds if seconds < 10 else -(-seconds // 5) * 5} s"


def passed(then: datetime, now: datetime | None) -> str:
    """Say how long something goes on, counting the seconds: `7 s`, `2 m`.

    On a slow line in steps of ten seconds.
    """
    if now is None:
        return ""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds >= 2 * MINUTE:
        return f"{seconds // MINUTE} m"
    return f"{seconds // 10 * 10 if style.now().coarse else seconds} s"


def given_when(time: datetime, now: datetime | None) -> str:
    """Return when something was given, in five signs: `14:05` today, else the day, `24/11`."""
    return local_when(time, now)[:5]


def amount(value: Decimal | None, privacy: bool = False) -> str:
    """Return an amount in DZD for a person; a mask in privacy mode, empty when it is not known."""
    if value is None:
        return ""
    return MASK if privacy else money.show(value)


def dinars(value: Decimal | None, privacy: bool = False) -> str:
    """Return an amount with its unit: `48 250 DZD`; empty when it is not known."""
    return "" if value is None else f"{amount(value, privacy)} DZD"


def hidden_words(key: str) -> str:
    """Say that privacy mode hides the amounts, and the key that shows them."""
    return f"Amounts are hidden ({key})."


def goods(title: str, product: Product | None) -> str:
    """Return what a product is called, with its region: `PUBG Mobile UC, MENA`.

    A card of another region is worth nothing to the customer, and both may have the same name.
    """
    return with_region(title, product.region if product else "")


def discreet(words: str | Phrase, privacy: bool) -> str:
    """Return words as they may be drawn: in privacy mode with every amount of a phrase masked."""
    return words.hidden() if privacy and isinstance(words, Phrase) else str(words)


def stock_cell(quantity: int) -> Cell:
    """Return how many cards the vendor has as part of a sentence: `246 in stock`."""
    if quantity <= 0:
        return Cell("out of stock", "alert")
    if quantity <= LOW_STOCK:
        return stock_count_cell(quantity)
    return Cell(f"{money.count(quantity)} in stock", "good")


def stock_count_cell(quantity: int) -> Cell:
    """Return how many cards the vendor has, as it is in a column: `246`, `3 left`, `none`."""
    if quantity <= 0:
        return Cell("none", "alert")
    if quantity <= LOW_STOCK:
        return Cell(f"{quantity} left", "warn")
    return Cell(money.count(quantity))


def filled(fulfilled: int | None, quantity: int) -> str:
    """Return how many cards came of how many were ordered: `1/2`, or `2` while none is known."""
    return str(quantity) if fulfilled is None else f"{fulfilled}/{quantity}"


def order_id_words(order_id: str) -> str:
    """Return an order's short id, or words while there is none."""
    return short_id(order_id) if order_id else "no order"


def poll_cell(poll: PollState, now: datetime | None = None, *, short: bool = False) -> Cell:
    """Return how the polling of the orders is doing, in a word or two.

    Since when is left out where it is to be `short`, and while the clock beside it (`now`, UTC)
    shows the same minute.
    """
    at = ""
    if poll.since and not short and not (now and local_minute(poll.since) == local_minute(now)):
        at = f" since {local_minute(poll.since)}"
    alone = poll.failure is not None and poll.failure.code == NO_DESK
    words = {
        "starting": Cell("connecting", "dim"),
        "live": Cell("connected", "dim"),
        "following": Cell("connected" if short else "connected (other console)", "dim"),
        "failing": Cell(f"no desk open{at}" if alone else f"no link{at}", "warn"),
        "blocked": Cell(f"blocked{at}", "alert"),
        "stopped": Cell(f"stopped{at}", "alert"),
    }
    return words.get(poll.state, Cell(poll.state, "warn"))


def link_cells(link: LinkState, now: datetime | None) -> tuple[Cell, ...]:
    """Return what reads meet on their way to the vendor, the longest words first; often nothing."""
    if link.silent_since is not None:
        forms = (f"no answer since {local_minute(link.silent_since)}", "no answer")
        return tuple(Cell(words, "warn") for words in forms)
    if link.held_until is None:
        return ()
    when = f"next {due(link.held_until, now)}".rstrip()
    return (Cell(f"requests used, {when}", "warn"), Cell(when, "warn"))


def why_forms(failure: Failure | None, privacy: bool = False) -> tuple[str, ...]:
    """Return the cause of a failure with the key that tries again, and alone; none if none."""
    if failure is None:
        return ()
    cause = discreet(failure.reason(), privacy)
    return (f"{cause}; r tries again", cause)


def failure_words(failure: Failure | None, privacy: bool) -> str:
    """Return all that a failure says; empty where there is none."""
    return discreet(failure.sentence(), privacy) if failure else ""


def and_again(failure: Failure, privacy: bool = False) -> str:
    """Return what a failure says and the key that tries again, which it may have named."""
    said = discreet(failure.sentence(), privacy)
    return said if failure.code == NOT_OPEN else f"{said} r tries again."


def stale_words(poll: PollState) -> str:
    """Return since when the orders shown are not current; empty while they are."""
    if poll.state in ("live", "following", "starting"):
        return ""
    return f"stale since {local_minute(poll.last_ok)}" if poll.last_ok else "not read yet"


def old(then: datetime, now: datetime | None, limit: timedelta) -> bool:
    """Tell whether a reading is older than it should be."""
    return now is not None and now - then > limit


def environment_cell(environment: str) -> Cell:
    """Return the environment's word; PRODUCTION is unmistakable, with and without colour."""
    if not environment:
        return Cell(" opening ", "dim")
    word = environment.upper()
    return Cell(f" {word} ", "sandbox" if word == "SANDBOX" else "production")


def purchase_sentence(purchase: Purchase, now: datetime | None) -> Phrase:
    """Say the state of one of our purchases and what that means.

    Args:
        purchase: as the journal holds it.
        now: UTC, for the countdown; without it that is left out.
    """
    if now and purchase.decision_due_at and purchase.decision_due_at <= now:
        # A check that is late moves the decision; an hour that has passed says nothing.
        purchase = replace(purchase, decision_due_at=None)
    return status_text.words(
        purchase, due(purchase.next_check_at, now) if purchase.next_check_at else ""
    )
