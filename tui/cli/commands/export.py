"""`carddesk export`: a list to a file or stdout, with codes after asking."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from services.domain.book import BoardOrder
from services.domain.errors import BadInput, DeskError
from services.domain.models import WITH_CARDS, Card
from services.domain.phrase import counted
from services.domain.status_text import codes_count
from services.domain.text import clean
from services.local_files import exports
from services.system.clock import SystemClock
from tui.cli import argument_types, prompts
from tui.cli.context import AddCommand, Call
from tui.cli.exit_codes import DONE, NOT_FINAL
from tui.formats import as_json, as_text, export_rows
from tui.formats.export_rows import CODES, ExportRow, card_columns

if TYPE_CHECKING:
    from services.desk.desk import Desk

STDOUT = "-"
LISTS = ("catalogue", "stock", "orders", "ledger", "log", "unresolved")
TIMED = frozenset({"orders", "ledger", "log"})


def declare(add: AddCommand) -> None:
    command = add("export", export, "write a list to a file, without codes")
    command.add_argument("list", metavar="LIST", choices=LISTS, help=f"one of {', '.join(LISTS)}")
    argument_types.add_vendor_id(command, "product_id", "for stock")
    command.add_argument("--csv", action="store_true", help="as CSV, which is the default")
    command.add_argument(
        "--excel", action="store_true", help="as an .xlsx workbook, for a spreadsheet"
    )
    command.add_argument(
        "--separator",
        metavar="SIGN",
        help="CSV: comma, semicolon or tab between columns; else as the settings say",
    )
    command.add_argument(
        "--decimal", metavar="SIGN", help="CSV: point or comma; else as the settings say"
    )
    command.add_argument(
        "--bom",
        action="store_true",
        default=None,
        help="CSV: begin with a byte-order mark, by which Excel knows UTF-8",
    )
    command.add_argument(
        "--output", metavar="FILE", help="a new file; - is stdout; else one in the state folder"
    )
    command.add_argument(
        "--with-codes",
        action="store_true",
        help="orders only: with the cards of this desk's orders, each recorded; asks first",
    )
    command.add_argument(
        "--yes-with-codes", action="store_true", help="as --with-codes, without asking"
    )
    argument_types.add_period(command)


async def export(call: Call) -> int:
    """Write the list; print where it is."""
    args, period = call.args, call.period()
    codes = args.with_codes or args.yes_with_codes
    _check(call, codes)
    path = Path(args.output) if args.output and args.output != STDOUT else None
    if codes and path is not None:
        _private(path)
    async with call.desk(offline=args.list in ("log", "unresolved")) as desk:
        listed = await _listed(call, desk, *period)
        if codes:
            return await _with_codes(call, desk, listed, path)
        rows = export_rows.rows(listed, await call.prices(desk), args.product_id or "")
        return await _put(call, desk, args.list, rows, path)


def _check(call: Call, codes: bool) -> None:
    args = call.args
    formats = [name for name in ("csv", "json", "excel") if getattr(args, name)]
    if len(formats) > 1:
        raise BadInput(f"--{formats[0]} and --{formats[1]} are two formats: give one of them")
    if (args.json or args.excel) and (args.separator or args.decimal or args.bom):
        raise BadInput("--separator, --decimal and --bom are about CSV alone")
    if args.excel and args.output == STDOUT and call.out.to_terminal:
        raise BadInput("A terminal cannot show a workbook", advice="Give --output FILE, or a pipe.")
    if (args.list == "stock") != bool(args.product_id):
        raise BadInput("A PRODUCT_ID goes with the list stock, and only with it")
    if args.start and args.list not in TIMED:
        raise BadInput(f"--from and --to mean nothing to the list {args.list}")
    if codes and args.list != "orders":
        raise BadInput("Only the list orders can be written with codes")


async def _listed(
    call: Call, desk: "Desk", start: datetime | None, end: datetime | None
) -> Sequence[object]:
    match call.args.list:
        case "catalogue":
            return (await desk.catalog.read()).products()
        case "stock":
            return (await desk.figures.stock(call.args.product_id)).denominations
        case "orders":
            hours = call.settings().board.hours
            begin = start or SystemClock().now() - timedelta(hours=hours)
            return await desk.orders.list(begin, end)
        case "ledger":
            return (await desk.money.ledger(start, end)).rows
        case "log":
            events = (await desk.journal.audit()).events
            return [e for e in events if (not start or e.at >= start) and (not end or e.at <= end)]
        case _:
            return await desk.journal.purchases(unresolved=True)


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
        await prompts.confirm_codes(
            f"The cards of {counted(len(orders), 'order')} are written, readable, to"
            f" {clean(where)}",
            "Nothing was written.",
            "No card was read and nothing was written.",
        )
    cards = await desk.orders.hand_over([order.order_id for order in orders], clean(where))
    # What was just read counts: codes may have come since the list was, or be gone.
    orders = [replace(order, cards_came=len(cards[order.order_id])) for order in orders]
    rows = _rows_with_cards(orders, cards, whole=call.args.json)
    exact = () if _drawn(call) else _columns(cards)
    if not (call.args.json or call.args.excel):
        _tell_of_changes(call, [card for held in cards.values() for card in held], exact)
    advice = "" if call.args.excel else " Import the columns value and serial as text."
    call.out.say(f"These are live codes.{advice}")
    failed = ""
    try:
        code = await _put(call, desk, "orders-with-codes", rows, path, exact)
    except DeskError as failure:
        failed = failure.message
        raise
    finally:
        if failed := failed or call.out.lost:
            for order in orders:
                await desk.journal.record("not-exported", order.order_id, clean(failed))
    late = [order for order in orders if order.missing]
    for order in late:
        call.out.say(
            f"Order {order.order_id}, {as_text.what(order)}: "
            f"{codes_count(order.cards_came, order.missing)}."
        )
    return NOT_FINAL if late and code == DONE else code


def _rows_with_cards(
    orders: Sequence[BoardOrder], cards: dict[str, tuple[Card, ...]], *, whole: bool
) -> list[ExportRow]:
    """Return one row for each `whole` order, as JSON has it, else one for each card.

    A card that is paid and has not come has a row without a code.
    """
    rows: list[ExportRow] = []
    columns = dict.fromkeys(_columns(cards), "")
    for order in orders:
        document, held = as_json.board_order(order), as_json.revealed(cards[order.order_id])
        if whole:
            rows.append(document | {"cards": held})
        else:
            held += [dict.fromkeys(CODES, "") for _ in range(order.missing)]
            rows += [
                {**document, "card": at, **columns, **card_columns(card)}
                for at, card in enumerate(held, 1)
            ]
    return rows


def _columns(cards: dict[str, tuple[Card, ...]]) -> tuple[str, ...]:
    """Return the columns of all that is a card's own, in the order of the first card with each."""
    held = (card for each in cards.values() for card in as_json.revealed(each))
    return tuple(dict.fromkeys([*CODES, *(name for card in held for name in card_columns(card))]))


def _drawn(call: Call) -> bool:
    """Whether the list goes to a terminal, which must not be handed codes as they are."""
    return call.args.output == STDOUT and call.out.to_terminal


def _tell_of_changes(call: Call, cards: Sequence[Card], exact: Container[str]) -> None:
    """Say which codes are not in the CSV as they are, and why; each case counted by itself."""
    values = [value for card in as_json.revealed(cards) for value in card.values()]
    if not exact and (sentence := as_text.changed(cards)):
        call.out.say(sentence)
        values = [clean(value) for value in values]
    formulas = sum(exports.guarded(value) != value for value in values)
    if formulas:
        call.out.say(
            f"{formulas} codes begin like a formula and stand behind an apostrophe; JSON has them "
            "as they are."
        )


async def _put(
    call: Call,
    desk: "Desk",
    name: str,
    rows: Sequence[ExportRow],
    path: Path | None,
    exact: Container[str] = (),
) -> int:
    kind = "json" if call.args.json else "xlsx" if call.args.excel else "csv"
    form = _csv_form(call)
    if call.args.output == STDOUT:
        await desk.journal.record("export", "", f"{counted(len(rows), 'row')} of {name}, to stdout")
        document = exports.whole(rows, kind, name, exact, form)
        if kind == "xlsx" or form.bom:
            call.out.binary(document)
        else:
            call.out.text(document.decode("utf-8", "surrogatepass").rstrip("\r\n"))
        if call.out.lost:
            await desk.journal.record("not-exported", "", f"{name}, to stdout: {call.out.lost}")
        return 0
    written = await desk.exports.write(name, rows, kind, path, exact, form)
    call.out.say(f"{counted(len(rows), 'row')} of {name}, readable by you alone.")
    call.out.data({"path": str(written), "rows": len(rows)}, clean(str(written)))
    return 0


def _csv_form(call: Call) -> exports.CsvForm:
    """Return how a CSV is written: what was asked for, else what the settings say."""
    args, usual = call.args, call.settings().export
    return exports.csv_form(
        args.separator or usual.separator,
        args.decimal or usual.decimal,
        usual.bom if args.bom is None else args.bom,
    )


def _private(path: Path) -> None:
    """Refuse a place for codes before any card is asked for."""
    exports.private_folder(path)
    if path.exists() or path.is_symlink():
        raise BadInput(
            f"{clean(str(path))} is there already, and an export never overwrites",
            advice="No card was read and nothing was written.",
        )
