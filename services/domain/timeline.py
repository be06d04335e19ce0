"""The timeline of one order: all that happened to it, dated, in its order. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from services.domain import money
from services.domain.book import BoardOrder
from services.domain.event_log import Event
from services.domain.local_time import local_clock, local_day, local_span
from services.domain.models import (
    FINAL_STATUSES,
    WITH_CARDS,
    Baseline,
    Order,
    Purchase,
    Transaction,
)
from services.domain.phrase import Phrase, counted, plain, quoted
from services.domain.purchase_states import state_name
from services.domain.secrets import MASK
from services.domain.status_text import codes_count, named, reason
from services.domain.text import NOTHING, SafeText, clean
from services.domain.words.customer_status import tell

Amounts = tuple[tuple[str, Decimal], ...]
IN_ENGLISH_ALONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})

STEPS = {
    "AWAITING_APPROVAL": "Confirmed, waits for approval by another person",
    "INTENT": "Confirmed",
    "SENDING": "The request is sent",
    "UNRESOLVED": "No clear answer: unresolved",
    "AMBIGUOUS": "Orders were found that may be this purchase",
    "NOT_SENT": "Nothing was sent",
    "REFUSED": "The vendor refused, nothing was placed",
    "NOT_PLACED": "Settled as not placed",
    "HANDLING": "The vendor accepted it",
    "FULFILLED": "The vendor says that every card is delivered",
    "PARTIALLY_FILLED": "Some cards came, the rest was refunded",
    "REFUNDED": "No card came, all the money is back",
}
DEEDS = {
    "cards": "Cards came",
    "note": "The note was changed",
    "acknowledge": "Taken off the list",
    "candidates": "Other orders may be this purchase",
    "late": "An order that fits came late",
    "restored": "The journal's server had lost it; the desk that bought it wrote it again",
    "reveal": "Revealed",
    "copy": "Copied",
    "export": "Exported",
    "hand": "Written for the customer",
    "print": "Sent to the printer",
    "not-printed": "Not all of it was printed",
    "not-exported": "The export failed",
    "hand-delete": "What was written for the customer was deleted",
    "delivered": "Handed over",
    "case": "A card that does not work",
    "shift": "The shift was closed",
    "undelivered": 'The mark "handed over" was taken back',
    "watch-set": "Watched from now on",
    "watch-removed": "Not watched any more",
}
SAYS_ENOUGH = frozenset({"note", "acknowledge", "late", "delivered", "undelivered"})
MOVEMENTS = {"ORDER": "Charged", "REFUND-ORDER": "Refunded"}
BALANCES = ("balance before", "balance after")


class TimelineEntry(Struct, frozen=True):
    """Something that happened to an order.

    `at` is UTC, None for what is so now. `amounts` are DZD with their names, apart from the words,
    because privacy mode hides them; `facts` are what else there is to know.
    """

    at: datetime | None
    what: str
    who: SafeText = NOTHING
    amounts: Amounts = ()
    facts: tuple[Phrase, ...] = ()

    def pieces(self, *, privacy: bool = False) -> tuple[str, ...]:
        """Return it as pieces that stay whole in a line: words, and amounts with their unit.

        Args:
            privacy: mask the amounts.
        """
        if self.what in MOVEMENTS.values():
            return self._moved(privacy)
        groups: list[list[str]] = [
            [*name.split(), f"{MASK if privacy else money.show(value)} DZD"]
            for name, value in self.amounts
        ]
        facts = [fact.hidden() if privacy else str(fact) for fact in self.facts]
        groups += [fact.split() for fact in facts if fact.strip()]
        pieces = self.what.split()
        if groups:
            pieces[-1:] = [f"{piece}:" for piece in pieces[-1:]]
        for number, words in enumerate(groups, 1):
            end = ";" if number < len(groups) else ""
            pieces += [*words[:-1], f"{words[-1]}{end}"]
        return tuple(pieces)

    def _moved(self, privacy: bool) -> tuple[str, ...]:
        """Return a movement of the account: `Charged 20 DZD (balance 100 -> 80)`."""
        known = {name: MASK if privacy else money.show(value) for name, value in self.amounts}
        before, after = map(known.get, BALANCES)
        balance = () if before is None else (f"(balance {before}", f"-> {after})")
        moved = (
            f"{MASK if privacy else money.show(value)} DZD"
            for name, value in self.amounts
            if name not in BALANCES
        )
        return (self.what, *moved, *balance)

    def words(self) -> str:
        """Return it as one line of text."""
        return " ".join(self.pieces())


class TimelineFacts(Struct, frozen=True):
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
    gaps: tuple[Phrase, ...] = ()


class Timeline(Struct, frozen=True):
    """What happened to an order, what may be said to the customer, and what could not be read.

    `tell` is in English, `tell_in` says the same in the other languages of a customer.
    """

    row: BoardOrder
    purchase: Purchase | None
    entries: tuple[TimelineEntry, ...]
    tell: tuple[str, ...]
    gaps: tuple[Phrase, ...]
    tell_in: Mapping[str, tuple[str, ...]] = IN_ENGLISH_ALONE

    def said_in(self, language: str) -> tuple[str, ...]:
        """Return what may be said to a customer of a language."""
        return self.tell_in.get(language, self.tell)

    def sentences(self, language: str) -> tuple[str, ...]:
        """Return what may be said in English, then in a customer's other language."""
        return (*self.tell, *self.tell_in.get(language, ()))


def build(read: TimelineFacts, now: datetime) -> Timeline:
    """Put what was read of an order into the order in which it happened.

    Args:
        read: what was read.
        now: the time (UTC), for what may be said.
    """
    offset = timedelta(seconds=read.baseline.offset_seconds if read.baseline else 0)
    entries = [*_deeds(read), *_vendor(read), *_movements(read.ledger or (), offset)]
    # Sorting keeps the order of equal times: the journal's own, then the account's.
    dated = sorted((e for e in entries if e.at is not None), key=lambda e: e.at or now)
    undated = [entry for entry in entries if entry.at is None]
    return Timeline(
        read.row,
        read.purchase,
        (*dated, *undated, *_ledger_absence(read)),
        tell(read.row, read.purchase, now),
        read.gaps,
        {other: tell(read.row, read.purchase, now, other) for other in ("fr", "ar")},
    )


def _deeds(read: TimelineFacts) -> Iterator[TimelineEntry]:
    """Return what the journal's events say, each with what the purchase knows of that step."""
    purchase, answered = read.purchase, False
    for event in read.events:
        evidence = event.facts
        if not event.to_state:
            yield _deed(event)
            continue
        if event.to_state in ("AWAITING_APPROVAL", "INTENT") and purchase is not None:
            yield from _confirmed(event, evidence, purchase, read.baseline or Baseline())
            continue
        if event.from_state == "UNRESOLVED" and purchase is not None:
            yield _checks(event.at, purchase, evidence)
        answer = event.from_state == "SENDING" and not answered
        answered = answered or answer
        yield _step(event, evidence, purchase if answer else None)
    if purchase is not None and purchase.state.value == "UNRESOLVED":
        yield _checks(None, purchase, {})


def _confirmed(
    event: Event, evidence: Mapping[str, Any], purchase: Purchase, baseline: Baseline
) -> Iterator[TimelineEntry]:
    unit = purchase.unit_price
    balance = baseline.balance
    quoted: list[tuple[str, Decimal]] = [("price of a card", unit), ("total", purchase.total)]
    if balance is not None:
        quoted += [("balance", balance), ("balance after", balance - purchase.total)]
    stock = evidence.get("stock")
    facts = (plain(f"{money.count(stock)} in stock"),) if isinstance(stock, int) else ()
    yield TimelineEntry(
        _moment(evidence.get("quoted_at")) or event.at, "Quoted", NOTHING, tuple(quoted), facts
    )
    count = len(baseline.order_ids)
    known = [plain(f"{counted(count, 'order')} known before")] if count else []
    if baseline.transaction_id:
        known.append(plain(f"newest movement {clean(baseline.transaction_id, 80)}"))
    approved = event.from_state == "AWAITING_APPROVAL"
    yield TimelineEntry(
        event.at,
        "Approved" if approved else STEPS[event.to_state],
        clean(event.who),
        (("total", purchase.total),),
        (plain(named(purchase)), *known),
    )


def _step(event: Event, evidence: Mapping[str, Any], answered: Purchase | None) -> TimelineEntry:
    what = STEPS.get(event.to_state, f"It became {clean(state_name(event.to_state), 40)}")
    came, missing = evidence.get("cards_came"), evidence.get("cards_missing")
    if isinstance(came, int) and isinstance(missing, int) and event.to_state in WITH_CARDS:
        if missing:
            what = codes_count(came, missing)
        elif event.to_state == "FULFILLED":
            what = "Every card came"
    if event.to_state == "HANDLING" and event.from_state not in ("SENDING", ""):
        what = "An order was found: it is this purchase"
    facts: list[Phrase] = []
    if event.why and not _says_enough(event, evidence):
        facts.append(_reason(event))
    if event.order_id and event.to_state == "HANDLING":
        facts.append(plain(f"order {clean(event.order_id, 80)}"))
    ids = evidence.get("order_ids")
    if isinstance(ids, list):
        facts.append(plain("orders " + ", ".join(clean(str(name), 80) for name in ids)))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if answered is not None:
        facts += _answer(answered)
    who = clean(event.who) if event.actor == "person" else NOTHING
    return TimelineEntry(event.at, what, who, facts=tuple(facts))


def _says_enough(event: Event, evidence: Mapping[str, Any]) -> bool:
    """Tell whether the reason of a step says no more than the step itself."""
    if event.to_state == "HANDLING":
        # What was carried over from the emergency file has no evidence, and says where it was.
        return event.actor == "vendor" and "sent" in evidence
    return event.to_state == "SENDING" or event.to_state in FINAL_STATUSES


def _reason(event: Event) -> Phrase:
    """Return the reason of a step; what the vendor or the network said may hold an amount."""
    said = event.to_state in ("REFUSED", "UNRESOLVED", "NOT_SENT") and event.actor != "person"
    return quoted(clean(event.why)) if said else plain(clean(event.why))


def _answer(purchase: Purchase) -> Iterator[Phrase]:
    error = purchase.error
    if error is not None and error.code:
        yield plain(clean(error.code, 80))
    request = purchase.request_id or (error.request_id if error else "")
    if request:
        yield plain(f"requestId {clean(request, 80)}")


def _checks(at: datetime | None, purchase: Purchase, evidence: Mapping[str, Any]) -> TimelineEntry:
    """Sum up the checks of the vendor's list and ledger, which are not written down one by one."""
    readings = evidence.get("readings", purchase.clean_checks)
    facts: list[Phrase] = []
    if readings:
        facts.append(plain(f"{readings} full checks in a row without a trace of it"))
    if at is None and purchase.next_check_at is not None:
        facts.append(plain(f"next check at {local_clock(purchase.next_check_at)}"))
    if at is None and purchase.decision_due_at is not None:
        facts.append(plain(f"we will know by {local_clock(purchase.decision_due_at)}"))
    if at is None and purchase.error is not None and purchase.error.said:
        facts.append(reason(purchase))
    if not purchase.checks:
        return TimelineEntry(at, "Not looked for at the vendor yet", facts=tuple(facts))
    times = "once" if purchase.checks == 1 else f"{purchase.checks} times"
    return TimelineEntry(at, f"Looked for at the vendor {times}", facts=tuple(facts))


def _deed(event: Event) -> TimelineEntry:
    what = DEEDS.get(event.kind, clean(event.kind, 40).capitalize() or "Recorded")
    facts = (plain(clean(event.why)),) if event.why and event.kind not in SAYS_ENOUGH else ()
    return TimelineEntry(event.at, what, clean(event.who), facts=facts)


def _movements(ledger: Iterable[Transaction], offset: timedelta) -> Iterator[TimelineEntry]:
    """Return what the account paid and got back, at the time of this machine's clock."""
    for movement in ledger:
        amounts = [("amount", movement.amount)]
        if movement.old_balance is not None and movement.new_balance is not None:
            amounts += [
                ("balance before", movement.old_balance),
                ("balance after", movement.new_balance),
            ]
        what = MOVEMENTS.get(movement.type, f"A movement of the account: {movement.type}")
        yield TimelineEntry(movement.time - offset, what, amounts=tuple(amounts))


def _vendor(read: TimelineFacts) -> Iterator[TimelineEntry]:
    """Return what only the vendor knows: all there is of another desk's order."""
    order = read.order
    if read.purchase is None:
        yield TimelineEntry(
            read.row.time,
            "Placed by another desk",
            facts=(plain(f"{read.row.quantity} x {read.row.goods}"),),
        )
        if read.seen_at is not None:
            yield TimelineEntry(read.seen_at, "Seen here for the first time")
    if order is None:
        return
    amounts: list[tuple[str, Decimal]] = []
    if order.price_per_card is not None:
        amounts.append(("price of a card", order.price_per_card))
    if order.fulfilled_amount is not None:
        amounts.append(("charged", order.fulfilled_amount))
    came = (
        () if order.fulfilled_quantity is None and not order.cards_came else (plain(_came(order)),)
    )
    yield TimelineEntry(
        None, f"The vendor says now: {order.status or 'nothing'}", NOTHING, tuple(amounts), came
    )


def _came(order: Order) -> str:
    if order.missing:
        return codes_count(order.cards_came, order.missing)
    count = order.fulfilled_quantity if order.cards_came is None else order.cards_came
    return f"{count} of {order.quantity} cards came"


def _ledger_absence(read: TimelineFacts) -> Iterator[TimelineEntry]:
    """Say that the ledger has nothing, where it was read and has nothing."""
    if read.ledger is None or read.ledger or read.ledger_span is None:
        return
    start, end = read.ledger_span
    words = f"No movement of the account names this order, {local_span(start, end)}"
    facts = () if read.charged else (plain("sandbox: no money moves"),)
    yield TimelineEntry(None, words, facts=facts)


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def own_key(purchase: Purchase) -> str:
    """Return the idempotency key that a caller gave; empty for one that was made up here."""
    made = purchase.idempotency_key.startswith(purchase.id.rpartition("-")[2])
    return "" if made else clean(purchase.idempotency_key)


def day_of(entry: TimelineEntry) -> str:
    """Return the local day of an entry, empty for what is so now."""
    return local_day(entry.at) if entry.at else ""


def by_day(entries: Sequence[TimelineEntry]) -> Iterator[tuple[str, TimelineEntry]]:
    """Return each entry with its local day where another one begins, else with an empty text."""
    before = None
    for entry in entries:
        day = day_of(entry)
        yield ("" if day == before else day, entry)
        before = day
