"""Purchases in the journal: every step checked, recorded and durable before anyone sees it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from services import journal_rows, purchase_rows
from services.errors import Refused
from services.journal import Conflict, Journal, Transaction
from services.journal_rows import Baseline, Event
from services.models import ENDED, Purchase, PurchaseState
from services.states import allowed

# Word for word as the index of the living has it: only then does SQLite use that index.
LIVE = "('INTENT', 'SENDING', 'UNRESOLVED', 'AMBIGUOUS', 'HANDLING')"

ORDER_KNOWN = frozenset({"ORDER_BOUND", "ORDER_OLDER"})
"""What a step is refused with when the order it names cannot be this purchase."""


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
    ) -> Purchase:
        """Commit an INTENT.

        Args:
            purchase: what was confirmed, in state INTENT.
            owner: the presence name of the process that is going to send it.
            baseline: what the account looked like before.
            seen: what else was on the screen when it was confirmed, for the event log.

        Raises:
            Refused: its idempotency key belongs to a purchase already.
        """

        def work(tx: Transaction) -> Purchase:
            purchase_rows.insert(tx, purchase, owner, baseline)
            tx.event(
                "move",
                purchase_id=purchase.id,
                to_state=PurchaseState.INTENT.value,
                why="confirmed",
                evidence={
                    "quantity": purchase.quantity,
                    "total": journal_rows.column(purchase.total),
                    **(seen or {}),
                },
            )
            return purchase_rows.get(tx, purchase.id)

        try:
            return await self._journal.write(work)
        except Conflict as conflict:
            raise Refused(
                "This idempotency key belongs to another purchase", code="KEY_IN_USE"
            ) from conflict

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

        def work(tx: Transaction) -> Purchase:
            old = purchase_rows.get(tx, purchase_id)
            if not allowed(old.state, to):
                raise Refused(
                    f"A purchase that is {old.state} cannot become {to}", code="STATE_CHANGED"
                )
            if answer and _was_there(tx, old, str(changes["order_id"])):
                raise Refused(
                    "This order was there before the purchase was sent", code="ORDER_OLDER"
                )
            purchase_rows.update(tx, purchase_id, {"state": to.value, **changes})
            tx.event(
                kind,
                purchase_id=purchase_id,
                order_id=str(changes.get("order_id") or old.order_id),
                from_state=old.state.value,
                to_state=to.value,
                why=why,
                evidence=evidence,
            )
            return purchase_rows.get(tx, purchase_id)

        try:
            return await self._journal.write(work)
        except Conflict as conflict:
            raise await self._explained(purchase_id, conflict) from conflict

    async def update(
        self, purchase_id: str, changes: Mapping[str, object], *, kind: str = "", why: str = ""
    ) -> Purchase:
        """Set fields that are no step of the state machine, with an event if `kind` is given."""

        def work(tx: Transaction) -> Purchase:
            purchase_rows.update(tx, purchase_id, changes)
            changed = purchase_rows.get(tx, purchase_id)
            if kind:
                tx.event(kind, purchase_id=purchase_id, order_id=changed.order_id, why=why)
            return changed

        return await self._journal.write(work)

    async def record(self, kind: str, order_id: str, why: str) -> None:
        """Append an event about an order, such as a reveal, before it happens."""

        def work(tx: Transaction) -> None:
            row = tx.row("SELECT id FROM purchases WHERE order_id = ?", order_id)
            tx.event(kind, purchase_id=row["id"] if row else "", order_id=order_id, why=why)

        await self._journal.write(work)

    async def find(self, reference: str) -> Purchase | None:
        """Return the purchase with this purchase id, order id or idempotency key, newest first."""

        def work(tx: Transaction) -> Purchase | None:
            row = tx.row("SELECT * FROM purchases WHERE id = ?", reference) or tx.row(
                "SELECT * FROM purchases WHERE order_id = ?", reference
            )
            row = row or tx.row(
                "SELECT * FROM purchases WHERE idempotency_key = ?"
                " ORDER BY created_at DESC LIMIT 1",
                reference,
            )
            return journal_rows.purchase(row) if row else None

        return await self._journal.read(work)

    async def baseline(self, purchase_id: str) -> Baseline:
        """Return what the account looked like before this purchase."""

        def work(tx: Transaction) -> Baseline:
            row = tx.row("SELECT baseline FROM purchases WHERE id = ?", purchase_id)
            return journal_rows.baseline(row["baseline"]) if row else Baseline()

        return await self._journal.read(work)

    async def since(self, start: datetime, end: datetime | None = None) -> tuple[Purchase, ...]:
        """Return the purchases created in a span of time (UTC), newest first."""
        until = journal_rows.iso(end) or "9999"
        return await self._select(
            "created_at >= ? AND created_at <= ? ORDER BY created_at DESC",
            journal_rows.iso(start),
            until,
        )

    async def live(self) -> tuple[Purchase, ...]:
        """Return every purchase that is not at an end, oldest first."""
        return await self._select(f"state IN {LIVE} ORDER BY created_at")

    async def watched(self) -> tuple[Purchase, ...]:
        """Return every purchase with a look at the vendor's list still to come, soonest first."""
        return await self._select("next_look IS NOT NULL ORDER BY next_look")

    async def unacknowledged(self) -> tuple[Purchase, ...]:
        """Return what nobody has taken note of yet: not placed, or turned up late."""
        return await self._select(
            "acknowledged = 0 AND (state = 'NOT_PLACED' OR late = 1) ORDER BY created_at"
        )

    async def changed_since(self, rev: int) -> tuple[int, tuple[Purchase, ...]]:
        """Return the newest revision and the purchases that changed after the given one."""

        def work(tx: Transaction) -> tuple[int, tuple[Purchase, ...]]:
            rows = tx.rows("SELECT * FROM purchases WHERE rev > ? ORDER BY rev", rev)
            newest = max((row["rev"] for row in rows), default=rev)
            return newest, tuple(journal_rows.purchase(row) for row in rows)

        return await self._journal.read(work)

    async def spent_since(self, start: datetime) -> Decimal:
        """Add up, in DZD, what purchases since a time have cost or may still cost."""
        total = Decimal(0)
        for purchase in await self.since(start):
            if purchase.state in (PurchaseState.NOT_SENT, PurchaseState.REFUSED):
                continue
            if purchase.state in (PurchaseState.NOT_PLACED, PurchaseState.REFUNDED):
                continue
            if purchase.state in ENDED and purchase.fulfilled_amount is not None:
                total += purchase.fulfilled_amount
            else:
                total += purchase.total
        return total

    async def identical_unsettled(
        self, product_id: str, type_id: str, quantity: int, *, but: str = ""
    ) -> Purchase | None:
        """Return the unsettled purchase of the same goods, `but` one, if there is any."""
        found = await self._select(
            "product_id = ? AND type_id = ? AND quantity = ? AND id <> ?"
            f" AND state IN {LIVE} AND state <> 'HANDLING' LIMIT 1",
            product_id,
            type_id,
            quantity,
            but,
        )
        return found[0] if found else None

    async def rivals(self, purchase: Purchase) -> tuple[Purchase, ...]:
        """Return the other purchases of the same goods that an order may still turn up for."""
        return await self._select(
            "product_id = ? AND type_id = ? AND quantity = ? AND id <> ? AND (state IN"
            " ('SENDING', 'UNRESOLVED', 'AMBIGUOUS')"
            " OR (state = 'NOT_PLACED' AND next_look IS NOT NULL))",
            purchase.product_id,
            purchase.type_id,
            purchase.quantity,
            purchase.id,
        )

    async def bound(self, order_ids: tuple[str, ...]) -> dict[str, str]:
        """Return which of these orders are bound, as order id -> purchase id."""

        def work(tx: Transaction) -> dict[str, str]:
            found: dict[str, str] = {}
            for order_id in order_ids:
                row = tx.row("SELECT id FROM purchases WHERE order_id = ?", order_id)
                if row:
                    found[order_id] = row["id"]
            return found

        return await self._journal.read(work)

    async def owners(self, order_ids: Iterable[str]) -> tuple[Purchase, ...]:
        """Return the purchases that these orders are bound to."""
        wanted = tuple(order_ids)

        def work(tx: Transaction) -> tuple[Purchase, ...]:
            rows = (tx.row("SELECT * FROM purchases WHERE order_id = ?", name) for name in wanted)
            return tuple(journal_rows.purchase(row) for row in rows if row)

        return await self._journal.read(work)

    async def events(self, reference: str, order_id: str = "") -> tuple[Event, ...]:
        """Return the event rows of a purchase or order, or of a purchase and its order."""

        def work(tx: Transaction) -> tuple[Event, ...]:
            rows = tx.rows(
                "SELECT * FROM events WHERE purchase_id = ? UNION"
                " SELECT * FROM events WHERE order_id = ? AND order_id <> '' ORDER BY seq",
                reference,
                order_id or reference,
            )
            return tuple(journal_rows.event(row) for row in rows)

        return await self._journal.read(work)

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
        def work(tx: Transaction) -> tuple[Purchase, ...]:
            # The conditions are this module's own constants; every value is bound.
            rows = tx.each(f"SELECT * FROM purchases WHERE {where}", *values)  # noqa: S608
            return tuple(journal_rows.purchase(row) for row in rows)

        return await self._journal.read(work)


def _was_there(tx: Transaction, purchase: Purchase, order_id: str) -> bool:
    """Tell whether an order stood in the purchase's baseline, or was seen before it was sent."""
    row = tx.row("SELECT baseline FROM purchases WHERE id = ?", purchase.id)
    if row and order_id in journal_rows.baseline(row["baseline"]).order_ids:
        return True
    seen = tx.row(
        "SELECT 1 AS one FROM orders WHERE order_id = ? AND first_seen < ?",
        order_id,
        journal_rows.iso(purchase.sent_at or purchase.created_at),
    )
    return seen is not None


def identical(same: Purchase | None) -> Refused:
    """Return the refusal of a purchase that somebody has sent already and nobody has settled."""
    who = f"{same.operator} on {same.host}" if same else "Another console"
    return Refused(
        f"{who} sent the same purchase and it is not settled yet",
        code="IDENTICAL_UNSETTLED",
        advice="Nothing was placed. Settle that one first: press u, or run carddesk resolve.",
    )
