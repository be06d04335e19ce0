"""Purchases in the journal: every step checked, recorded and durable before anyone sees it."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from services.domain.errors import JournalFailed, NotClaimed, NotRecorded, Refused
from services.domain.event_log import Event
from services.domain.models import UNSETTLED, Baseline, Purchase, PurchaseState, Quote
from services.domain.purchase_states import allowed, state_name
from services.domain.typed import note_tokens
from services.journal import rows as journal_rows
from services.journal.database import Journal
from services.journal.emergency_file import Deed
from services.journal.rows import iso
from services.journal.transaction import Conflict, JournalTransaction

# Word for word as the index of the living has it: only then does SQLite use that index.
LIVE = "('AWAITING_APPROVAL', 'INTENT', 'SENDING', 'UNRESOLVED', 'AMBIGUOUS', 'HANDLING')"

APPROVED = "approve"
"""The kind of the event by which a person approves what another one asked for."""

_BY_ID = "SELECT * FROM purchases WHERE id = ?"
_BY_ORDER = "SELECT * FROM purchases WHERE order_id = ?"

ORDER_KNOWN = frozenset({"ORDER_BOUND", "ORDER_OLDER"})
"""What a step is refused with when the order it names cannot be this purchase."""

Row = Mapping[str, Any]

FIELDS = frozenset(
    {
        "note", "order_id", "status", "fulfilled_quantity", "fulfilled_amount", "sent_at",
        "answered_at", "next_check_at", "decision_due_at", "checks", "clean_checks",
        "late", "acknowledged",
        "candidates", "cards_came", "error_code", "error_message", "request_id", "product_title",
        "type_name", "baseline", "reason", "owner", "unit_price", "total",
    }
)  # fmt: skip

NO_ROOM = frozenset({"JOURNAL_FULL", "JOURNAL_UNWRITABLE", "JOURNAL_LOCKED"})
"""The codes with which a journal takes nothing now, but is whole."""


class Purchases:
    """The purchases of one journal. Every method raises JournalFailed when the disk fails."""

    def __init__(self, journal: Journal) -> None:
        self._journal: Final = journal

    async def add(
        self,
        purchase: Purchase,
        owner: str,
        baseline: Baseline,
        seen: Mapping[str, object] | None = None,
        *,
        verify: Callable[[JournalTransaction], None] = lambda _: None,
    ) -> Purchase:
        """Commit an INTENT, or what waits for an approval.

        Args:
            purchase: what was confirmed, in state INTENT or AWAITING_APPROVAL.
            owner: the presence name of the process that is going to send it.
            baseline: what the account looked like before.
            seen: what else was on the screen when it was confirmed, for the event log.
            verify: raises Refused for what another console has written since the quote; no other
                one writes between this and the intent.

        Raises:
            Refused: its idempotency key belongs to a purchase already, the same goods wait for an
                approval, or `verify` says so.
        """

        def work(tx: JournalTransaction) -> Purchase:
            verify(tx)
            written = insert(tx, purchase, owner, baseline)
            tx.event(
                "move",
                purchase_id=purchase.id,
                to_state=purchase.state.value,
                why="confirmed",
                evidence={
                    "quantity": purchase.quantity,
                    "total": journal_rows.column(purchase.total),
                    "price": journal_rows.column(purchase.price),
                    **(seen or {}),
                },
            )
            return written

        try:
            return await self._journal.write(work)
        except Conflict as conflict:
            if "product_id" in str(conflict):
                raise identical(
                    await self.identical_unsettled(
                        purchase.product_id, purchase.type_id, purchase.quantity
                    )
                ) from conflict
            raise Refused(
                "This idempotency key belongs to another purchase", code="KEY_IN_USE"
            ) from conflict

    async def approve(
        self,
        quote: Quote,
        purchase_id: str,
        owner: str,
        baseline: Baseline,
        seen: Mapping[str, object],
        *,
        verify: Callable[[JournalTransaction, Purchase], None],
    ) -> Purchase:
        """Make an INTENT of what waits for an approval; of several that do, one succeeds.

        Args:
            quote: what was confirmed at the moment of the approval.
            purchase_id: which purchase.
            owner: the presence name of the process that is going to send it.
            baseline: what the account looks like before.
            seen: what else was on the screen, for the event log.
            verify: raises Refused for what this person may not approve, or not now.

        Raises:
            Refused: `verify` says so.
        """

        def work(tx: JournalTransaction) -> Purchase:
            row = get(tx, purchase_id)
            old = journal_rows.purchase(row)
            verify(tx, old)
            if not allowed(old.state, PurchaseState.INTENT):
                raise Refused("It does not wait for approval any more", code="STATE_CHANGED")
            changes = {
                "state": PurchaseState.INTENT.value,
                "owner": owner,
                "baseline": baseline,
                "unit_price": quote.unit_price,
                "total": quote.total,
            }
            approved = update(tx, row, changes)
            tx.event(
                APPROVED,
                purchase_id=purchase_id,
                from_state=old.state.value,
                to_state=PurchaseState.INTENT.value,
                why=f"approved by {tx.who}",
                evidence={
                    "quantity": quote.quantity,
                    "total": journal_rows.column(quote.total),
                    "price": journal_rows.column(old.price),
                    **seen,
                },
            )
            return approved

        return await self._journal.write(work)

    async def move(
        self,
        purchase_id: str,
        to: PurchaseState,
        why: str,
        changes: Mapping[str, object],
        *,
        evidence: Mapping[str, object] | None = None,
        answer: bool = False,
        kind: str = "move",
    ) -> Purchase:
        """Take one step of the state machine, with its event row, in one transaction.

        Args:
            purchase_id: which purchase.
            to: the new state.
            why: the reason in words, for the event log.
            changes: further fields of the purchase to set.
            evidence: what was seen, never a card or a key.
            answer: whether the order id is what the vendor answered: it must not have been there
                before the purchase was sent.
            kind: what the event log calls it; `move`, but where a person decided.

        Raises:
            Refused: the step is not allowed, an identical purchase is unsettled, or the order is
                bound to another purchase or older than this one.
        """

        def work(tx: JournalTransaction) -> Purchase:
            asked = tx.ask(_BY_ID, purchase_id)
            named = str(changes["order_id"]) if answer else ""
            seen = tx.ask("SELECT first_seen FROM orders WHERE order_id = ?", named)
            row = _the_one(asked())
            old = journal_rows.purchase(row)
            if not allowed(old.state, to):
                raise Refused(
                    f"A purchase that is {state_name(old.state)} cannot become {state_name(to)}",
                    code="STATE_CHANGED",
                )
            if answer and _was_there(row, named, seen):
                raise Refused(
                    "This order was there before the purchase was sent", code="ORDER_OLDER"
                )
            # Somebody may have bought it again since it was taken for not placed.
            late = old.state is PurchaseState.NOT_PLACED and to is PurchaseState.HANDLING
            noticed = {"late": True, "acknowledged": False} if late else {}
            moved = update(tx, row, {"state": to.value, **noticed, **changes})
            tx.event(
                kind,
                purchase_id=purchase_id,
                order_id=str(changes.get("order_id") or old.order_id),
                from_state=old.state.value,
                to_state=to.value,
                why=why,
                evidence=evidence,
            )
            return moved

        try:
            # Nothing may be sent on a commit that was only found out about.
            return await self._journal.write(work, answered=to is PurchaseState.SENDING)
        except Conflict as conflict:
            raise await self._explained(purchase_id, conflict) from conflict

    async def update(
        self, purchase_id: str, changes: Mapping[str, object], *, kind: str = "", why: str = ""
    ) -> Purchase:
        """Set fields that are no step of the state machine, with an event if `kind` is given."""

        def work(tx: JournalTransaction) -> Purchase:
            changed = update(tx, get(tx, purchase_id), changes)
            if kind:
                tx.event(kind, purchase_id=purchase_id, order_id=changed.order_id, why=why)
            return changed

        return await self._journal.write(work)

    async def count_cards(self, purchase_id: str, count: int) -> tuple[Purchase, bool]:
        """Remember how many cards of a purchase's order came, never which, with an event.

        The count only grows: an answer that leaves cards out takes none back.

        Returns:
            The purchase, and whether this is news: another console may have counted them before.
        """

        def work(tx: JournalTransaction) -> tuple[Purchase, bool]:
            row = get(tx, purchase_id)
            held = journal_rows.purchase(row)
            if held.cards_came is not None and held.cards_came >= count:
                return held, False
            changed = update(tx, row, {"cards_came": count})
            # A journal from before cards were counted learns the number without a word.
            news = held.cards_came is not None or bool(changed.missing)
            if news:
                tx.event(
                    "cards",
                    purchase_id=purchase_id,
                    order_id=changed.order_id,
                    why=f"{count} of {changed.quantity} cards came",
                )
            return changed, news

        return await self._journal.write(work)

    async def record(self, kind: str, order_id: str, why: str, *, card: int | None = None) -> None:
        """Append an event about an order, such as a reveal, before it happens.

        On a full disk the kept room is freed for it, and else the emergency file takes it.

        Args:
            kind: what is about to be done.
            order_id: the vendor's order id, empty where it is about no order.
            why: what of it, in words.
            card: which card of the order, from 0, where it is about one.

        Raises:
            NotRecorded: there is no place on this disk where it could be written.
            JournalFailed: the journal is damaged or in use by another process.
        """
        try:
            await self._append(kind, order_id, why, card)
        except JournalFailed as failure:
            if failure.code not in NO_ROOM:
                raise
            emergency = self._journal.emergency
            if await asyncio.to_thread(emergency.free_ballast):
                with contextlib.suppress(JournalFailed):
                    await self._append(kind, order_id, why, card)
                    return
            now, who = self._journal.stamp()
            try:
                await asyncio.to_thread(emergency.append, Deed(kind, order_id, why, now, who, card))
            except OSError:
                raise NotRecorded(
                    failure.message, advice=failure.advice, code=failure.code
                ) from None

    async def record_late(self, deed: Deed) -> None:
        """Append an event that waited in the emergency file; raises JournalFailed."""
        why = f"{deed.detail}, on {iso(deed.at)} by {deed.who} (from the emergency file)"
        await self._append(deed.deed, deed.order_id, why, deed.card)

    async def _append(self, kind: str, order_id: str, why: str, card: int | None) -> None:
        def work(tx: JournalTransaction) -> None:
            owner = owner_id(tx, order_id)
            seen = None if card is None else {"card": card}
            tx.event(kind, purchase_id=owner, order_id=order_id, why=why, evidence=seen)

        await self._journal.write(work)

    async def find(self, reference: str) -> Purchase | None:
        """Return the purchase with this purchase id, order id or idempotency key, newest first."""
        return await self._journal.read(lambda tx: find(tx, reference))

    async def known(self, reference: str) -> Purchase:
        """Return a purchase as `find` does; raises NotClaimed where there is none."""
        return _known(await self.find(reference))

    async def of_keys(self, keys: Iterable[str]) -> dict[str, Purchase]:
        """Return the newest purchase of each idempotency key that was sent or may have been."""
        wanted = tuple(keys)

        def work(tx: JournalTransaction) -> dict[str, Purchase]:
            found: dict[str, Purchase] = {}
            for key in wanted:
                # Word for word as the index of the keys has it: only then does SQLite use it.
                where = "idempotency_key = ? AND state <> 'NOT_SENT'"
                for purchase in _select(tx, where, key):
                    found[key] = purchase
            return found

        return await self._journal.read(work)

    async def baseline(self, purchase_id: str) -> Baseline:
        """Return what the account looked like before this purchase."""
        return await self._journal.read(lambda tx: baseline(tx, purchase_id))

    async def with_baseline(self, reference: str) -> tuple[Purchase, Baseline]:
        """Return a purchase as `known` does, and what the account looked like before it."""

        def work(tx: JournalTransaction) -> tuple[Purchase | None, Baseline]:
            found = find(tx, reference)
            return found, baseline(tx, found.id) if found else Baseline()

        found, before = await self._journal.read(work)
        return _known(found), before

    async def since(self, start: datetime, end: datetime | None = None) -> tuple[Purchase, ...]:
        """Return the purchases created in a span of time (UTC), newest first."""
        return await self._journal.read(lambda tx: since(tx, start, end))

    async def live(self) -> tuple[Purchase, ...]:
        """Return every purchase that is not at an end, oldest first."""
        return await self._journal.read(live)

    async def watched(self) -> tuple[Purchase, ...]:
        """Return every purchase with a check of the vendor's list still to come, soonest first."""
        return await self._select("next_check_at IS NOT NULL ORDER BY next_check_at")

    async def unsettled_and_late(self) -> tuple[Purchase, ...]:
        """Return what is unsettled, then what turned up late and no person has acknowledged."""

        def work(tx: JournalTransaction) -> tuple[Purchase, ...]:
            unsettled = (p for p in live(tx) if p.state in UNSETTLED)
            return (*unsettled, *(p for p in unacknowledged(tx) if p.late))

        return await self._journal.read(work)

    async def identical_unsettled(
        self, product_id: str, type_id: str, quantity: int, *, but: str = ""
    ) -> Purchase | None:
        """Return the unsettled purchase of the same goods, `but` one, if there is any."""
        return await self._journal.read(
            lambda tx: ask_identical(tx, product_id, type_id, quantity, but=but)()
        )

    async def rivals(self, purchase: Purchase) -> tuple[Purchase, ...]:
        """Return the other purchases of the same goods that an order may still turn up for."""
        return await self._journal.read(lambda tx: rivals(tx, purchase))

    async def contest(
        self, purchase: Purchase, order_ids: Iterable[str]
    ) -> tuple[list[tuple[Purchase, Baseline]], dict[str, str]]:
        """Return the rivals of a purchase with their baselines, and which orders are bound.

        Args:
            purchase: which purchase.
            order_ids: the orders that the vendor's list shows.

        Returns:
            The rivals, and order id -> purchase id: what a rival got is no order to be had.
        """
        wanted = tuple(order_ids)

        def work(tx: JournalTransaction) -> tuple[list[tuple[Purchase, Baseline]], dict[str, str]]:
            others = [(rival, baseline(tx, rival.id)) for rival in rivals(tx, purchase)]
            return others, {owner.order_id: owner.id for owner in owners(tx, wanted)}

        return await self._journal.read(work)

    async def owners(self, order_ids: Iterable[str]) -> tuple[Purchase, ...]:
        """Return the purchases that these orders are bound to."""
        wanted = tuple(order_ids)
        return await self._journal.read(lambda tx: owners(tx, wanted))

    async def events(self, reference: str, order_id: str = "") -> tuple[Event, ...]:
        """Return the event rows of a purchase or order, or of a purchase and its order."""
        return await self._journal.read(lambda tx: events(tx, reference, order_id))

    async def _explained(self, purchase_id: str, conflict: Conflict) -> Refused:
        """Say which rule a step broke, and for an identical purchase whose it is."""
        text = str(conflict)
        if "order_id" in text:
            return Refused("This order belongs to another purchase already", code="ORDER_BOUND")
        if "product_id" not in text:
            return Refused("The journal refused this step", code="JOURNAL_CONFLICT")
        mine = await self.find(purchase_id)
        same = mine and await self.identical_unsettled(
            mine.product_id, mine.type_id, mine.quantity, but=purchase_id
        )
        return identical(same or mine)

    async def _select(self, where: str, *values: object) -> tuple[Purchase, ...]:
        return await self._journal.read(lambda tx: _select(tx, where, *values))


# What these functions do in one transaction belongs together.


def get(tx: JournalTransaction, purchase_id: str) -> Row:
    """Return the row of a purchase; raises JournalFailed where there is none."""
    return _the_one(tx.rows(_BY_ID, purchase_id))


def _the_one(found: Sequence[Row]) -> Row:
    """Return the row that was asked for by its id; raises JournalFailed where there is none."""
    if not found:
        raise JournalFailed("The journal does not hold this purchase", code="NO_SUCH_PURCHASE")
    return found[0]


def insert(tx: JournalTransaction, purchase: Purchase, owner: str, baseline: Baseline) -> Purchase:
    """Write a new purchase, which the process with this presence name has in hand.

    Returns:
        The purchase as the journal holds it now.
    """
    values: dict[str, object] = {
        name: journal_rows.column(getattr(purchase, name))
        for name in (
            "id", "idempotency_key", "product_id", "product_title", "type_id", "type_name",
            "quantity", "unit_price", "total", "operator", "host", "note", "price",
        )
    }  # fmt: skip
    values |= {
        "state": purchase.state.value,
        "owner": owner,
        "baseline": journal_rows.column(baseline),
        "created_at": tx.now,
        "updated_at": tx.now,
        "rev": tx.rev(),
    }
    marks = ", ".join("?" * len(values))
    # Column names are this module's own; every value is bound.
    tx.run(f"INSERT INTO purchases ({', '.join(values)}) VALUES ({marks})", *values.values())  # noqa: S608
    tx.purchases.add(purchase.id)
    index_note(tx, purchase.id, "", purchase.note)
    now = datetime.fromisoformat(tx.now)
    return replace(purchase, created_at=now, updated_at=now)


def update(tx: JournalTransaction, row: Row, changes: Mapping[str, object]) -> Purchase:
    """Set fields of a purchase, which has a new revision then; an unknown one is a ValueError.

    Args:
        tx: the journal.
        row: the purchase as this transaction has read it.
        changes: what is to be different.

    Returns:
        The purchase as the journal holds it now.
    """
    unknown = changes.keys() - FIELDS - {"state"}
    if unknown:
        raise ValueError(f"no such field of a purchase: {sorted(unknown)}")
    if "note" in changes:
        index_note(tx, row["id"], row["note"], str(changes["note"]))
    values = {name: journal_rows.column(value) for name, value in changes.items()}
    values |= {"updated_at": tx.now, "rev": tx.rev()}
    sets = ", ".join(f"{name} = ?" for name in values)
    # Field names were checked against FIELDS; every value is bound.
    tx.run(f"UPDATE purchases SET {sets} WHERE id = ?", *values.values(), row["id"])  # noqa: S608
    tx.purchases.add(row["id"])
    return journal_rows.purchase({**row, **values})


def index_note(tx: JournalTransaction, purchase_id: str, before: str, after: str) -> None:
    """Let a purchase be found by the words of its new note, and no more by those of the old."""
    gone, come = note_tokens.indexed(before), note_tokens.indexed(after)
    tx.run_many(
        "DELETE FROM note_words WHERE word = ? AND purchase_id = ?",
        [(word, purchase_id) for word in gone - come],
    )
    tx.run_many(
        "INSERT INTO note_words VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(word, purchase_id) for word in come - gone],
    )


def ask_identical(
    tx: JournalTransaction, product_id: str, type_id: str, quantity: int, *, but: str = ""
) -> Callable[[], Purchase | None]:
    """Ask for the unsettled purchase of the same goods, `but` one.

    Returns:
        What reads the answer.
    """
    rows = tx.ask(
        "SELECT * FROM purchases WHERE product_id = ? AND type_id = ? AND quantity = ?"  # noqa: S608
        f" AND id <> ? AND state IN {LIVE} AND state <> 'HANDLING' LIMIT 1",
        *(product_id, type_id, quantity, but),
    )
    return lambda: next(map(journal_rows.purchase, rows()), None)


def find(tx: JournalTransaction, reference: str) -> Purchase | None:
    """Return the purchase with this purchase id, order id or idempotency key, newest first."""
    asked = (
        tx.ask(_BY_ID, reference),
        tx.ask(_BY_ORDER, reference),
        tx.ask(
            "SELECT * FROM purchases WHERE idempotency_key = ? ORDER BY created_at DESC LIMIT 1",
            reference,
        ),
    )
    found = next((row for read in asked for row in read()), None)
    return journal_rows.purchase(found) if found else None


def baseline(tx: JournalTransaction, purchase_id: str) -> Baseline:
    """Return what the account looked like before a purchase."""
    row = tx.row("SELECT baseline FROM purchases WHERE id = ?", purchase_id)
    return journal_rows.baseline(row["baseline"]) if row else Baseline()


def since(
    tx: JournalTransaction, start: datetime, end: datetime | None = None
) -> tuple[Purchase, ...]:
    """Return the purchases created in a span of time (UTC), newest first."""
    until = journal_rows.iso(end) or "9999"
    where = "created_at >= ? AND created_at <= ? ORDER BY created_at DESC"
    return _select(tx, where, journal_rows.iso(start), until)


def live(tx: JournalTransaction, before: datetime | None = None) -> tuple[Purchase, ...]:
    """Return every purchase that is not at an end, oldest first.

    Args:
        tx: the journal.
        before: only what was created before then (UTC).
    """
    until = journal_rows.iso(before) or "9999"
    return _select(tx, f"state IN {LIVE} AND created_at < ? ORDER BY created_at", until)


def unacknowledged(tx: JournalTransaction) -> tuple[Purchase, ...]:
    """Return what no person has acknowledged yet: not placed, or turned up late."""
    return _select(
        tx, "acknowledged = 0 AND (state = 'NOT_PLACED' OR late = 1) ORDER BY created_at"
    )


def changed_since(tx: JournalTransaction, rev: int) -> tuple[Purchase, ...]:
    """Return the purchases that changed after a revision, in that order."""
    return _select(tx, "rev > ? ORDER BY rev", rev)


def rivals(tx: JournalTransaction, purchase: Purchase) -> tuple[Purchase, ...]:
    """Return the other purchases of the same goods that an order may still turn up for."""
    return _select(
        tx,
        "product_id = ? AND type_id = ? AND quantity = ? AND id <> ? AND (state IN"
        " ('SENDING', 'UNRESOLVED', 'AMBIGUOUS')"
        " OR (state = 'NOT_PLACED' AND next_check_at IS NOT NULL))",
        purchase.product_id,
        purchase.type_id,
        purchase.quantity,
        purchase.id,
    )


def owners(tx: JournalTransaction, order_ids: Iterable[str]) -> tuple[Purchase, ...]:
    """Return the purchases that these orders are bound to."""
    asked = [tx.ask(_BY_ORDER, name) for name in order_ids]
    return tuple(journal_rows.purchase(row) for read in asked for row in read())


def owner_id(tx: JournalTransaction, order_id: str) -> str:
    """Return the id of the purchase that an order is bound to, or an empty text."""
    row = tx.row("SELECT id FROM purchases WHERE order_id = ?", order_id)
    return row["id"] if row else ""


def events(tx: JournalTransaction, reference: str, order_id: str = "") -> tuple[Event, ...]:
    """Return the event rows of a purchase or order, or of a purchase and its order."""
    rows = tx.rows(
        "SELECT * FROM events WHERE purchase_id = ? UNION"
        " SELECT * FROM events WHERE order_id = ? AND order_id <> '' ORDER BY seq",
        reference,
        order_id or reference,
    )
    return tuple(journal_rows.event(row) for row in rows)


def _select(tx: JournalTransaction, where: str, *values: object) -> tuple[Purchase, ...]:
    # The conditions are this module's own constants; every value is bound.
    rows = tx.each(f"SELECT * FROM purchases WHERE {where}", *values)  # noqa: S608
    return tuple(journal_rows.purchase(row) for row in rows)


def _was_there(row: Row, order_id: str, seen: Callable[[], list[Mapping[str, Any]]]) -> bool:
    """Tell whether an order stood in the purchase's baseline, or was seen before it was sent."""
    if order_id in journal_rows.baseline(row["baseline"]).order_ids:
        return True
    return any(each["first_seen"] < (row["sent_at"] or row["created_at"]) for each in seen())


def _known(found: Purchase | None) -> Purchase:
    if found is None:
        raise NotClaimed("The journal knows no such purchase", code="NO_SUCH_PURCHASE")
    return found


def identical(same: Purchase | None) -> Refused:
    """Return the refusal of a purchase that was sent already and is not settled."""
    who = f"{same.operator} on {same.host}" if same else "Another console"
    if same is not None and same.state is PurchaseState.AWAITING_APPROVAL:
        return Refused(
            f"{who} asked for the same purchase and it waits for approval",
            code="IDENTICAL_UNSETTLED",
            advice="Nothing was placed. Press u to look at that one.",
        )
    return Refused(
        f"{who} sent the same purchase and it is not settled yet",
        code="IDENTICAL_UNSETTLED",
        advice="Nothing was placed. Settle that one first: press u, or run carddesk resolve.",
    )
