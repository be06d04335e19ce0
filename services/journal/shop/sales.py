"""Sales of several lines: what is in each, and by the keys of its lines their purchases."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from services.domain import money
from services.domain.errors import BadInput, Refused
from services.domain.models import Delivery, Purchase, PurchaseState
from services.domain.phrase import Phrase, counted
from services.domain.shop.sale import MOST_LINES, NOTHING_BOUGHT, SALE_KEY, Sale, SaleLine
from services.domain.text import clean
from services.domain.typed.purchase_list import next_key
from services.journal import deliveries
from services.journal import rows as journal_rows
from services.journal.database import Journal
from services.journal.presence import Consoles
from services.journal.transaction import Conflict, JournalTransaction

CONFIRMED, CLOSED = "sale", "sale closed"
"""The kinds of their events."""

_PURCHASE = (
    "SELECT * FROM purchases WHERE idempotency_key = ?"
    " ORDER BY state = 'NOT_SENT', created_at DESC LIMIT 1"
)


class Sales:
    """The sales of one journal. Methods raise JournalFailed.

    What changes a sale is refused where another process has it in hand, and what changes a line
    where something was sent for it.

    Args:
        consoles: who this console is, and which are alive.
    """

    def __init__(self, journal: Journal, consoles: Consoles) -> None:
        self._journal: Final = journal
        self._owner: Final = consoles.name
        self._alive: Final = consoles.alive

    async def begin(self, sale: Sale) -> None:
        """Write a new sale with its lines, all or nothing; they are numbered from 1.

        Raises:
            Refused: there is a sale of this id.
        """

        def work(tx: JournalTransaction) -> None:
            tx.run(
                "INSERT INTO sales (id, created_at, updated_at, operator, host, owner, customer,"
                " received) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                *(sale.id, tx.now, tx.now, sale.operator, sale.host, self._owner, sale.customer),
                journal_rows.column(sale.received),
            )
            for number, line in enumerate(sale.lines, 1):
                _insert(tx, sale.id, number, line)

        if len(sale.lines) > MOST_LINES:
            raise _full()
        try:
            await self._journal.write(work)
        except Conflict as conflict:
            raise Refused("There is a sale of this key already", code="KEY_IN_USE") from conflict

    async def read(self, sale_id: str) -> "HeldSale | None":
        """Return a sale as it is now, with the purchases of its lines."""
        return await self._journal.read(lambda tx: _held(tx, sale_id))

    async def listed(self, start: datetime | None, *, open_only: bool = False) -> "list[HeldSale]":
        """Return the sales that were begun since then (UTC), newest first."""
        where = " AND closed = 0" if open_only else ""
        # The condition is this function's own; every value is bound.
        query = f"SELECT id FROM sales WHERE created_at >= ?{where} ORDER BY created_at DESC"  # noqa: S608

        def work(tx: JournalTransaction) -> list[HeldSale]:
            names = tx.rows(query, journal_rows.iso(start) or "")
            return [held for name in names if (held := _held(tx, name["id"])) is not None]

        return await self._journal.read(work)

    async def free(self, sale: Sale) -> bool:
        """Tell whether no other process that runs has a sale in hand."""
        if sale.owner == self._owner:
            return True
        return not await self._journal.read(lambda tx: self._alive(tx, sale.owner))

    async def take(self, sale_id: str) -> None:
        """Take a sale in hand, and open it again if it was closed.

        Raises:
            BadInput: there is no such sale.
            Refused: a process that runs has it in hand.
        """

        def work(tx: JournalTransaction) -> None:
            owner = _owner(tx, sale_id)
            if owner != self._owner and self._alive(tx, owner):
                raise _in_use()
            _update(tx, sale_id, "owner = ?, closed = 0", self._owner)

        await self._journal.write(work)

    async def put(self, sale_id: str, line: SaleLine) -> int:
        """Add a line, or change the one of its number; returns the number.

        Raises:
            Refused: something was sent for it, or the sale has as many lines as it can have.
        """

        def work(tx: JournalTransaction) -> int:
            self._check(tx, sale_id)
            number = line.number
            if number:
                self._untouched(tx, sale_id, number)
                tx.run(
                    "UPDATE sale_lines SET quantity = ?, cost = ?, price = ?, left_out = ''"
                    " WHERE sale_id = ? AND number = ?",
                    *(line.quantity, *map(money.stored, (line.cost, line.price))),
                    *(sale_id, number),
                )
            else:
                found = tx.row(
                    "SELECT count(*) AS count, coalesce(max(number), 0) AS last FROM sale_lines"
                    " WHERE sale_id = ?",
                    sale_id,
                )
                if found and found["count"] >= MOST_LINES:
                    raise _full()
                number = (found["last"] if found else 0) + 1
                _insert(tx, sale_id, number, line)
            _update(tx, sale_id, "closed = 0")
            return number

        return await self._journal.write(work)

    async def remove(self, sale_id: str, number: int) -> None:
        """Take a line out for which nothing was sent; raises Refused for another one."""

        def work(tx: JournalTransaction) -> None:
            self._check(tx, sale_id)
            self._untouched(tx, sale_id, number)
            tx.run("DELETE FROM sale_lines WHERE sale_id = ? AND number = ?", sale_id, number)
            _update(tx, sale_id, "closed = closed")

        await self._journal.write(work)

    async def leave_out(self, sale_id: str, number: int, why: str | Phrase) -> None:
        """Write down why nothing was bought for a line; raises Refused for one that was sent."""

        def work(tx: JournalTransaction) -> None:
            self._check(tx, sale_id)
            self._untouched(tx, sale_id, number)
            tx.run(
                "UPDATE sale_lines SET left_out = ? WHERE sale_id = ? AND number = ?",
                *(clean(str(why)), sale_id, number),
            )

        await self._journal.write(work)

    async def want_again(self, sale_id: str, number: int) -> None:
        """Let a line be bought for which nothing was bought; a new attempt has a key of its own.

        Raises:
            Refused: something was bought for it, or it is not known that nothing was.
        """

        def work(tx: JournalTransaction) -> None:
            self._check(tx, sale_id)
            row = _line(tx, sale_id, number)
            key, purchase = str(row["key"]), tx.row(_PURCHASE, row["key"])
            if purchase is not None and purchase["state"] in NOTHING_BOUGHT:
                base, _, attempt = key.partition("/")
                key = next_key(base, int(attempt or 1))
            elif purchase is not None and purchase["state"] != PurchaseState.NOT_SENT:
                raise _sent(number)
            tx.run(
                "UPDATE sale_lines SET key = ?, left_out = '' WHERE sale_id = ? AND number = ?",
                *(key, sale_id, number),
            )
            _update(tx, sale_id, "closed = 0")

        await self._journal.write(work)

    async def confirm(self, sale_id: str, lines: Sequence[SaleLine]) -> None:
        """Write what a person confirmed: each line's cost and price; with its event.

        Raises:
            Refused: a line was changed, or sent, since it was checked.
        """

        def work(tx: JournalTransaction) -> None:
            self._check(tx, sale_id)
            for line in lines:
                self._untouched(tx, sale_id, line.number)
                row = _line(tx, sale_id, line.number)
                if (row["quantity"], row["key"]) != (line.quantity, line.key):
                    raise Refused(
                        f"Line {line.number} was changed since it was checked",
                        code="SALE_CHANGED",
                        advice="Nothing more was sent. Check it again.",
                    )
                tx.run(
                    "UPDATE sale_lines SET cost = ?, price = ?, left_out = ''"
                    " WHERE sale_id = ? AND number = ?",
                    *map(money.stored, (line.cost, line.price)),
                    *(sale_id, line.number),
                )
            _update(tx, sale_id, "closed = 0")
            tx.event(
                CONFIRMED,
                why=f"confirmed: {counted(len(lines), 'line')} of sale {sale_id}",
                evidence={
                    "sale": sale_id,
                    "keys": [line.key for line in lines],
                    "total": money.stored(_sum(line.cost * line.quantity for line in lines)),
                    "price": money.stored(_sum(line.price * line.quantity for line in lines)),
                },
            )

        await self._journal.write(work)

    async def set_customer(self, sale_id: str, customer: str) -> None:
        """Say whom the sale is for."""
        await self._set(sale_id, "customer = ?", customer)

    async def set_received(self, sale_id: str, received: Decimal | None) -> None:
        """Say what the customer gave (DZD); None for nothing said."""
        await self._set(sale_id, "received = ?", journal_rows.column(received))

    async def close(self, sale_id: str, why: str) -> None:
        """Be done with a sale; a line that was never sent goes, and the event says so.

        One for which nothing was ever sent leaves no trace.
        """

        def work(tx: JournalTransaction) -> None:
            self._check(tx, sale_id)
            held = _held(tx, sale_id)
            if held is None:
                return
            purchases = held.purchases
            sent = {
                line.number
                for line in held.sale.lines
                if line.key in purchases and purchases[line.key].state is not PurchaseState.NOT_SENT
            }
            if not sent and not any(line.left_out for line in held.sale.lines):
                tx.run("DELETE FROM sale_lines WHERE sale_id = ?", sale_id)
                tx.run("DELETE FROM sales WHERE id = ?", sale_id)
                return
            rest = [n for n in held.sale.lines if n.number not in sent and not n.left_out]
            for line in rest:
                tx.run(
                    "UPDATE sale_lines SET left_out = 'left by a person'"
                    " WHERE sale_id = ? AND number = ?",
                    *(sale_id, line.number),
                )
            _update(tx, sale_id, "closed = 1")
            left = f", {counted(len(rest), 'line')} not bought" if rest else ""
            tx.event(CLOSED, why=f"sale {sale_id}: {why}{left}", evidence={"sale": sale_id})

        await self._journal.write(work)

    async def _set(self, sale_id: str, what: str, value: object) -> None:
        def work(tx: JournalTransaction) -> None:
            self._check(tx, sale_id)
            _update(tx, sale_id, what, value)

        await self._journal.write(work)

    def _check(self, tx: JournalTransaction, sale_id: str) -> None:
        """Make sure that this process has the sale in hand."""
        if _owner(tx, sale_id) != self._owner:
            raise _in_use()

    def _untouched(self, tx: JournalTransaction, sale_id: str, number: int) -> None:
        """Make sure that nothing was sent for a line, and that none is about to be."""
        purchase = tx.row(_PURCHASE, _line(tx, sale_id, number)["key"])
        if purchase is not None and purchase["state"] != PurchaseState.NOT_SENT:
            raise _sent(number, waits=purchase["state"] == PurchaseState.AWAITING_APPROVAL)


class HeldSale(Struct, frozen=True):
    """A sale as the journal holds it, and by their keys the purchases and marks of its lines."""

    sale: Sale
    purchases: Mapping[str, Purchase]
    given: Mapping[str, Delivery]


def _held(tx: JournalTransaction, sale_id: str) -> HeldSale | None:
    row = tx.row("SELECT * FROM sales WHERE id = ?", sale_id)
    if row is None:
        return None
    lines = tx.rows("SELECT * FROM sale_lines WHERE sale_id = ? ORDER BY number", sale_id)
    sale = Sale(
        id=row["id"],
        created_at=datetime.fromisoformat(row["created_at"]),
        operator=clean(row["operator"]),
        host=row["host"],
        owner=row["owner"],
        customer=clean(row["customer"]),
        received=None if row["received"] is None else money.load(row["received"]),
        closed=bool(row["closed"]),
        lines=tuple(map(_sale_line, lines)),
    )
    purchases: dict[str, Purchase] = {}
    for line in sale.lines:
        if (found := tx.row(_PURCHASE, line.key)) is not None:
            purchases[line.key] = journal_rows.purchase(found)
    orders = [purchase.order_id for purchase in purchases.values() if purchase.order_id]
    return HeldSale(sale, purchases, deliveries.of(tx, orders))


def _sale_line(row: Mapping[str, Any]) -> SaleLine:
    return SaleLine(
        number=row["number"],
        product_id=row["product_id"],
        product_title=clean(row["product_title"]),
        type_id=row["type_id"],
        type_name=clean(row["type_name"]),
        quantity=row["quantity"],
        cost=money.load(row["cost"]),
        price=money.load(row["price"]),
        key=row["key"],
        region=clean(row["region"]),
        left_out=clean(row["left_out"]),
    )


def _insert(tx: JournalTransaction, sale_id: str, number: int, line: SaleLine) -> None:
    tx.run(
        "INSERT INTO sale_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
        *(sale_id, number, line.product_id, line.product_title, line.region),
        *(line.type_id, line.type_name, line.quantity),
        *map(money.stored, (line.cost, line.price)),
        f"{SALE_KEY}{sale_id}-{number}",
    )


def _owner(tx: JournalTransaction, sale_id: str) -> str:
    row = tx.row("SELECT owner FROM sales WHERE id = ?", sale_id)
    if row is None:
        raise BadInput(f'There is no sale "{clean(sale_id, 40)}"', advice="See carddesk sale list.")
    return row["owner"]


def _line(tx: JournalTransaction, sale_id: str, number: int) -> Mapping[str, Any]:
    row = tx.row("SELECT * FROM sale_lines WHERE sale_id = ? AND number = ?", sale_id, number)
    if row is None:
        raise BadInput(f"The sale has no line {number}")
    return row


def _update(tx: JournalTransaction, sale_id: str, what: str, *values: object) -> None:
    # What is set is written in this module; every value is bound.
    tx.run(f"UPDATE sales SET {what}, updated_at = ? WHERE id = ?", *values, tx.now, sale_id)  # noqa: S608


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _full() -> Refused:
    return Refused(
        f"A sale has at most {MOST_LINES} lines",
        code="SALE_FULL",
        advice="Nothing was added. Begin another sale.",
    )


def _in_use() -> Refused:
    return Refused(
        "Another console has this sale open",
        code="SALE_IN_USE",
        advice="Nothing was sent from here. Go on there, or leave that console first.",
    )


def _sent(number: int, *, waits: bool = False) -> Refused:
    if waits:
        return Refused(
            f"Line {number} waits for approval",
            code="SALE_SENT",
            advice="The line stays as it is; who asked for it can take it back.",
        )
    return Refused(
        f"Something was sent for line {number} already",
        code="SALE_SENT",
        advice="The line stays as it is.",
    )
