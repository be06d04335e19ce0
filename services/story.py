"""The whole story of one order, as dated entries in the order in which they happened. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from services import money
from services.book_models import BoardOrder
from services.journal_rows import Baseline, Event
from services.may_tell import tell
from services.models import Order, Purchase, Transaction
from services.secrets import MASK
from services.text import NOTHING, SafeText, clean

Amounts = tuple[tuple[str, Decimal], ...]

STEPS = {
    "INTENT": "Confirmed",
    "SENDING": "The request is sent",
    "UNRESOLVED": "UNRESOLVED, no answer that can be trusted",
    "AMBIGUOUS": "AMBIGUOUS, orders were found that could be it",
    "NOT_SENT": "Nothing was sent",
    "REFUSED": "The vendor refused, nothing was placed",
    "NOT_PLACED": "Settled as not placed",
    "HANDLING": "The vendor accepted it",
    "FULFILLED": "Every card came",
    "PARTIALLY_FILLED": "Some cards came, the rest was refunded",
    "REFUNDED": "No card came, all the money is back",
}
DEEDS = {
    "note": "The note was changed",
    "acknowledge": "Acknowledged by a person",
    "candidates": "Other orders could be it",
    "late": "An order that fits appeared late",
    "reveal": "Revealed",
    "copy": "Copied",
    "export": "Exported",
    "hand": "Written for the customer",
    "hand-delete": "What was written for the customer was deleted",
    "delivered": "Given to the customer",
    "undelivered": "The mark that it was given was taken back",
}
PLAIN = frozenset({"the vendor accepted it", "the vendor says so"})
"""Reasons that say no more than the step."""

SAYS_ENOUGH = frozenset({"note", "acknowledge", "late", "delivered", "undelivered"})
MOVEMENTS = {"ORDER": "The account paid for it", "REFUND-ORDER": "The account was refunded"}


class Entry(Struct, frozen=True):
    """Something that happened to an order.

    `at` is UTC, None for what is so now. `amounts` are DZD with their names, apart from the words,
    because privacy mode hides them; `facts` are what else there is to know.
    """

    at: datetime | None
    what: str
    who: SafeText = NOTHING
    amounts: Amounts = ()
    facts: tuple[str, ...] = ()

    def pieces(self, hide: Callable[[str], str] | None = None) -> tuple[str, ...]:
        """Return it as pieces that stay whole in a line: words, and amounts with their unit.

        Args:
            hide: masks the amounts in a sentence; given where nobody is to see any.
        """
        told: list[list[str]] = [
            [*name.split(), f"{MASK if hide else money.show(value)} DZD"]
            for name, value in self.amounts
        ]
        facts = map(hide, self.facts) if hide else self.facts
        told += [fact.split() for fact in facts if fact.strip()]
        pieces = self.what.split()
        if told:
            pieces[-1:] = [f"{piece}:" for piece in pieces[-1:]]
        for number, words in enumerate(told, 1):
            end = ";" if number < len(told) else ""
            pieces += [*words[:-1], f"{words[-1]}{end}"]
        return tuple(pieces)

    def words(self) -> str:
        """Return it as one line of text."""
        return " ".join(self.pieces())


class Told(Struct, frozen=True):
    """All that was read of an order.

    `seen_at` is when this journal saw another desk's order first. `ledger` are the movements that
    name it, None where they were not read; `ledger_span` is what was read of the account (UTC).
    `charged` is whether this environment takes money. `gaps` are sentences on what is missing.
    """

    row: BoardOrder
    purchase: Purchase | None = None
    baseline: Baseline | None = None
    events: tuple[Event, ...] = ()
    order: Order | None = None
    seen_at: datetime | None = None
    ledger: tuple[Transaction, ...] | None = None
    ledger_span: tuple[datetime, datetime] | None = None
    charged: bool = True
    gaps: tuple[str, ...] = ()


class Story(Struct, frozen=True):
    """What happened to an order, what may be said to the customer, and what could not be read."""

    row: BoardOrder
    purchase: Purchase | None
    entries: tuple[Entry, ...]
    tell: tuple[str, ...]
    gaps: tuple[str, ...]


def build(told: Told, now: datetime) -> Story:
    """Put what was read of an order into the order in which it happened.

    Args:
        told: what was read.
        now: the time (UTC), for what may be said.
    """
    offset = timedelta(seconds=told.baseline.offset_seconds if told.baseline else 0)
    entries = [*_deeds(told), *_vendor(told), *_movements(told.ledger or (), offset)]
    # Sorting keeps the order of equal times: the journal's own, then the account's.
    dated = sorted((e for e in entries if e.at is not None), key=lambda e: e.at or now)
    undated = [entry for entry in entries if entry.at is None]
    return Story(
        told.row,
        told.purchase,
        (*dated, *undated, *_ledger_absence(told)),
        tell(told.row, told.purchase, now),
        told.gaps,
    )


def _deeds(told: Told) -> Iterator[Entry]:
    """Return what the journal's events say, each with what the purchase knows of that step."""
    purchase, answered = told.purchase, False
    for event in told.events:
        evidence = _evidence(event)
        if not event.to_state:
            yield _deed(event)
            continue
        if event.to_state == "INTENT" and purchase is not None:
            yield from _confirmed(event, evidence, purchase, told.baseline or Baseline())
            continue
        if event.from_state == "UNRESOLVED" and purchase is not None:
            yield _looks(event.at, purchase, evidence)
        answer = event.from_state == "SENDING" and not answered
        answered = answered or answer
        yield _step(event, evidence, purchase if answer else None)
    if purchase is not None and purchase.state.value == "UNRESOLVED":
        yield _looks(None, purchase, {})


def _confirmed(
    event: Event, evidence: Mapping[str, Any], purchase: Purchase, baseline: Baseline
) -> Iterator[Entry]:
    unit = purchase.unit_price
    balance = baseline.balance
    quoted: list[tuple[str, Decimal]] = [("price of a card", unit), ("total", purchase.total)]
    if balance is not None:
        quoted += [("balance", balance), ("balance after", balance - purchase.total)]
    stock = evidence.get("stock")
    facts = (f"{stock} in stock",) if isinstance(stock, int) else ()
    yield Entry(
        _moment(evidence.get("quoted_at")) or event.at, "Quoted", NOTHING, tuple(quoted), facts
    )
    count = len(baseline.order_ids)
    known = [f"{count} {'order' if count == 1 else 'orders'} known before"] if count else []
    if baseline.transaction_id:
        known.append(f"newest movement {clean(baseline.transaction_id, 80)}")
    yield Entry(
        event.at,
        STEPS["INTENT"],
        clean(event.who),
        (("total", purchase.total),),
        (f"{purchase.quantity} x {purchase.product_title} {purchase.type_name}", *known),
    )


def _step(event: Event, evidence: Mapping[str, Any], answered: Purchase | None) -> Entry:
    what = STEPS.get(event.to_state, f"It became {clean(event.to_state, 40)}")
    if event.to_state == "HANDLING" and event.from_state not in ("SENDING", ""):
        what = "An order was found and bound to it"
    facts: list[str] = []
    if event.why and event.why not in PLAIN and event.to_state != "SENDING":
        facts.append(clean(event.why))
    if event.order_id and event.to_state == "HANDLING":
        facts.append(f"order {clean(event.order_id, 80)}")
    ids = evidence.get("order_ids")
    if isinstance(ids, list):
        facts.append("orders " + ", ".join(clean(str(name), 80) for name in ids))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if answered is not None:
        facts += _answer(answered)
    who = clean(event.who) if event.why.startswith("a person") else NOTHING
    return Entry(event.at, what, who, facts=tuple(facts))


def _answer(purchase: Purchase) -> Iterator[str]:
    error = purchase.error
    if error is not None and error.code:
        yield clean(error.code, 80)
    request = purchase.request_id or (error.request_id if error else "")
    if request:
        yield f"requestId {clean(request, 80)}"


def _looks(at: datetime | None, purchase: Purchase, evidence: Mapping[str, Any]) -> Entry:
    """Sum up the looks at the vendor's list and ledger, which are not written down one by one."""
    readings = evidence.get("readings", purchase.quiet)
    facts = [f"{readings} complete readings in a row without a trace"] if readings else []
    if at is None and purchase.next_look is not None:
        facts.append(f"next look at {_clock(purchase.next_look)}")
    if at is None and purchase.decide_at is not None:
        facts.append(f"decision by {_clock(purchase.decide_at)}")
    if at is None and purchase.error is not None and purchase.error.message:
        facts.append(clean(purchase.error.message))
    if not purchase.looks:
        return Entry(at, "Not looked for at the vendor yet", facts=tuple(facts))
    times = "once" if purchase.looks == 1 else f"{purchase.looks} times"
    return Entry(at, f"Looked for at the vendor {times}", facts=tuple(facts))


def _deed(event: Event) -> Entry:
    what = DEEDS.get(event.kind, clean(event.kind, 40).capitalize() or "Recorded")
    facts = (clean(event.why),) if event.why and event.kind not in SAYS_ENOUGH else ()
    return Entry(event.at, what, clean(event.who), facts=facts)


def _movements(ledger: Iterable[Transaction], offset: timedelta) -> Iterator[Entry]:
    """Return what the account paid and got back, at the time of this machine's clock."""
    for movement in ledger:
        amounts = [("amount", movement.amount)]
        if movement.old_balance is not None and movement.new_balance is not None:
            amounts += [
                ("balance before", movement.old_balance),
                ("balance after", movement.new_balance),
            ]
        what = MOVEMENTS.get(movement.type, f"A movement of the account: {movement.type}")
        yield Entry(movement.time - offset, what, amounts=tuple(amounts))


def _vendor(told: Told) -> Iterator[Entry]:
    """Return what only the vendor knows: all there is of another desk's order."""
    order = told.order
    if told.purchase is None:
        yield Entry(
            told.row.time,
            "Placed by another desk",
            facts=(f"{told.row.quantity} x {told.row.product} {told.row.denomination}",),
        )
        if told.seen_at is not None:
            yield Entry(told.seen_at, "Seen here for the first time")
    if order is None:
        return
    amounts: list[tuple[str, Decimal]] = []
    if order.price_per_card is not None:
        amounts.append(("price of a card", order.price_per_card))
    if order.fulfilled_amount is not None:
        amounts.append(("charged", order.fulfilled_amount))
    came = () if order.fulfilled_quantity is None else (_came(order),)
    yield Entry(None, f"The vendor says now: {order.status}", NOTHING, tuple(amounts), came)


def _came(order: Order) -> str:
    return f"{order.fulfilled_quantity} of {order.quantity} cards came"


def _ledger_absence(told: Told) -> Iterator[Entry]:
    """Say that the ledger has nothing, where it was read and has nothing."""
    if told.ledger is None or told.ledger or told.ledger_span is None:
        return
    start, end = told.ledger_span
    words = f"No movement of the account names this order, {_span(start, end)}"
    facts = () if told.charged else ("orders take no money in this environment",)
    yield Entry(None, words, facts=facts)


def _evidence(event: Event) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(event.evidence, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"


def _span(start: datetime, end: datetime) -> str:
    first, last = start.astimezone(), end.astimezone()
    if last - first < timedelta(days=1) and first.date() == last.date():
        return f"{first:%Y-%m-%d %H:%M} to {last:%H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"


def own_key(purchase: Purchase) -> str:
    """Return the idempotency key that a caller gave; empty for one that was made up here."""
    made = purchase.idempotency_key.startswith(purchase.id.rpartition("-")[2])
    return "" if made else clean(purchase.idempotency_key)


def day_of(entry: Entry) -> str:
    """Return the local day of an entry, empty for what is so now."""
    return f"{entry.at.astimezone():%Y-%m-%d}" if entry.at else ""


def by_day(entries: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    """Return each entry with its local day where another one begins, else with an empty text."""
    before = None
    for entry in entries:
        day = day_of(entry)
        yield ("" if day == before else day, entry)
        before = day
