"""Carrying an export out for the command line: to a file or stdout, with codes after asking."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services import export
from services.clock import SystemClock
from services.errors import BadInput
from services.models import BoardOrder, Card
from services.text import clean
from services.wording import counted
from tui import cli_orders, exported, present, typed_word
from tui.cli_call import Call
from tui.exported import Row

if TYPE_CHECKING:
    from services.desk import Desk

Period = tuple[datetime | None, datetime | None]

STDOUT = "-"
WORD = "CODES"
WITH_CARDS = frozenset({"FULFILLED", "PARTIALLY_FILLED"})


async def carried_out(call: Call, period: Period, *, codes: bool) -> int:
    """Write the list that the arguments name.

    Args:
        call: the command as it was typed, its arguments checked.
        period: from when to when (UTC), for the lists that have times.
        codes: whether the cards of this desk's orders are wanted with them.

    Raises:
        DeskError: the list could not be read or written, or was not confirmed.
    """
    args = call.args
    path = Path(args.output) if args.output and args.output != STDOUT else None
    if codes and path is not None:
        _private(path)
    async with call.desk(offline=args.list in ("log", "unresolved")) as desk:
        listed = await _listed(call, desk, *period)
        if codes:
            return await _with_codes(call, desk, listed, path)
        return await _put(call, desk, args.list, exported.rows(listed), path)


async def _listed(
    call: Call, desk: "Desk", start: datetime | None, end: datetime | None
) -> Sequence[object]:
    match call.args.list:
        case "catalogue":
            return (await desk.catalog()).products()
        case "stock":
            return (await desk.stock(call.args.product_id)).denominations
        case "orders":
            hours = call.settings().board.hours
            begin = start or SystemClock().now() - timedelta(hours=hours)
            return await cli_orders.listed(desk, begin, end)
        case "ledger":
            return (await desk.ledger(start, end)).rows
        case "log":
            events = (await desk.audit()).events
            return [e for e in events if (not start or e.at >= start) and (not end or e.at <= end)]
        case _:
            return await desk.purchases(unresolved=True)


async def _with_codes(call: Call, desk: "Desk", listed: Sequence[object], path: Path | None) -> int:
    orders = [
        row
        for row in listed
        if isinstance(row, BoardOrder) and row.mine and row.order_id and row.state in WITH_CARDS
    ]
    if not orders:
        call.out.say("No order of this desk has cards in this period: nothing was written.")
        return 0
    where = "stdout" if call.args.output == STDOUT else str(path or "the folder of exports")
    if not call.args.yes_with_codes:
        await _confirmed(len(orders), where)
    cards = await desk.hand_over([order.order_id for order in orders], clean(where))
    rows = _rows_with_cards(orders, cards, as_json=call.args.json)
    changed = 0 if call.args.json else sum(_changed(held) for held in cards.values())
    if changed:
        call.out.say(
            f"Codes that begin like a formula stand behind an apostrophe, {changed} here; JSON has "
            "them as they are."
        )
    call.out.say("These are live codes. Import the columns value and serial as text.")
    return await _put(call, desk, "orders-with-codes", rows, path)


async def _confirmed(count: int, where: str) -> None:
    typed = await typed_word.ask(
        f"The cards of {counted(count, 'order')} are written, readable, to {clean(where)}.\n"
        "Every order is recorded in the event log, with your name.\n"
        f"Type {WORD} to go on, anything else to stop: ",
        instead="Nothing was written. A script that may do this says --yes-with-codes.",
    )
    if typed != WORD:
        raise BadInput("Not confirmed", advice="No card was read and nothing was written.")


def _rows_with_cards(
    orders: Sequence[BoardOrder], cards: dict[str, tuple[Card, ...]], *, as_json: bool
) -> list[Row]:
    """Return one row for each order in JSON, one for each card in CSV."""
    rows: list[Row] = []
    for order in orders:
        document, held = present.board_order(order), present.revealed(cards[order.order_id])
        if as_json:
            rows.append(document | {"cards": held})
        else:
            rows += [{**document, "card": at, **card} for at, card in enumerate(held, 1)]
    return rows


def _changed(cards: Sequence[Card]) -> int:
    values = (card[name] for card in present.revealed(cards) for name in ("value", "serial"))
    return sum(export.harmless(value) != value for value in values)


async def _put(call: Call, desk: "Desk", name: str, rows: Sequence[Row], path: Path | None) -> int:
    kind = "json" if call.args.json else "csv"
    if call.args.output == STDOUT:
        await desk.record("export", "", f"{counted(len(rows), 'row')} of {name}, to stdout")
        text = io.StringIO()
        export.dump(text, rows, kind)
        call.out.text(text.getvalue().rstrip("\r\n"))
        return 0
    written = await desk.export(name, rows, kind, path)
    call.out.say(f"{counted(len(rows), 'row')} of {name}, readable by you alone.")
    call.out.data({"path": str(written), "rows": len(rows)}, clean(str(written)))
    return 0


def _private(path: Path) -> None:
    """Refuse a place for codes before any card is asked for."""
    export.private_folder(path)
    if path.exists() or path.is_symlink():
        raise BadInput(
            f"{clean(str(path))} is there already, and an export never overwrites",
            advice="No card was read and nothing was written.",
        )
