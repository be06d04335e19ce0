"""Carrying an export out for the command line: to a file or stdout, with codes after asking."""

import io
from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services import export
from services.book_models import BoardOrder
from services.clock import SystemClock
from services.errors import BadInput
from services.models import Card
from services.text import clean
from services.wording import counted
from tui import cli_orders, exported, plain, present, typed_word
from tui.cli_call import Call
from tui.exported import Row

if TYPE_CHECKING:
    from services.desk import Desk

Period = tuple[datetime | None, datetime | None]

STDOUT = "-"
WORD = "CODES"
CODES = ("value", "serial")
"""The columns that hold codes."""

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
    exact = () if _drawn(call) else CODES
    if not call.args.json:
        _tell_of_changes(call, [card for held in cards.values() for card in held], exact)
    call.out.say("These are live codes. Import the columns value and serial as text.")
    return await _put(call, desk, "orders-with-codes", rows, path, exact)


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


def _drawn(call: Call) -> bool:
    """Whether the list goes to a terminal, which must not be handed codes as they are."""
    return call.args.output == STDOUT and call.out.to_terminal


def _tell_of_changes(call: Call, cards: Sequence[Card], exact: Container[str]) -> None:
    """Say which codes are not in the CSV sign for sign, and why; each case counted by itself."""
    values = [card[name] for card in present.revealed(cards) for name in CODES]
    if not exact and (sentence := plain.changed(cards)):
        call.out.say(sentence)
        values = [clean(value) for value in values]
    formulas = sum(export.guarded(value) != value for value in values)
    if formulas:
        call.out.say(
            f"{formulas} codes begin like a formula and stand behind an apostrophe; JSON has them "
            "as they are."
        )


async def _put(
    call: Call,
    desk: "Desk",
    name: str,
    rows: Sequence[Row],
    path: Path | None,
    exact: Container[str] = (),
) -> int:
    kind = "json" if call.args.json else "csv"
    if call.args.output == STDOUT:
        await desk.record("export", "", f"{counted(len(rows), 'row')} of {name}, to stdout")
        text = io.StringIO()
        export.dump(text, rows, kind, exact)
        call.out.text(text.getvalue().rstrip("\r\n"))
        return 0
    written = await desk.export(name, rows, kind, path, exact)
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
