"""`carddesk shift`: what was sold since the last closing; closing, and the closed shifts."""

from typing import TYPE_CHECKING

from services.domain import money
from services.domain.errors import BadInput
from services.domain.shop.shift import ShiftReport
from services.domain.shop.shift_words import STAYS, account_words, open_sentence, span
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import as_text
from tui.formats import shift as formats

if TYPE_CHECKING:
    from services.desk.desk import Desk

NUMBERED = ("show", "print")


def declare(add: AddCommand) -> None:
    command = add("shift", shift, "the shift: what was sold since the last closing, and closing it")
    argument_types.add_what(
        command,
        "now|list|show|close|print",
        "the current shift; closed shifts; one of them; close it; print it",
    )
    command.add_argument(
        "number", type=int, nargs="?", metavar="N", help="which closed shift; the last one if none"
    )
    command.add_argument(
        "--csv", action="store_true", help="answer in CSV, as the settings have it"
    )
    command.add_argument("--yes", action="store_true", help="close without asking")


async def shift(call: Call) -> int:
    """Show, list, print or close. Only `close --yes` changes anything."""
    args = call.args
    if args.number is not None and args.what not in NUMBERED:
        raise BadInput("A number goes with shift show and shift print")
    if args.yes and args.what != "close":
        raise BadInput("--yes goes with shift close", advice="Nothing was closed.")
    if args.csv and args.json:
        raise BadInput("--csv and --json are two different answers: give one of them")
    # What was closed is in the journal: no vendor is needed to see it.
    async with call.desk(offline=True) as desk:
        match args.what:
            case "list":
                _list(call, await desk.shift.closed(), desk)
            case "show":
                _show(call, desk, await desk.shift.numbered(args.number))
            case "print":
                await _print(call, desk, await desk.shift.numbered(args.number))
            case "close" if args.yes:
                prices = call.settings().priced_by(desk.book.catalog).prices
                report = await desk.shift.now(prices)
                closed = await desk.shift.close(report.number, prices)
                _show(call, desk, closed)
                call.out.say(f"Shift {closed.number} is closed.")
            case _:
                prices = call.settings().priced_by(desk.book.catalog).prices
                await desk.shift.follow()
                report = await desk.shift.with_account(await desk.shift.now(prices))
                _show(call, desk, report)
                if words := open_sentence(report):
                    call.out.say(words)
                if args.what == "close":
                    call.out.say(f"Nothing is closed: --yes closes it. {STAYS}")
    return 0


def _show(call: Call, desk: "Desk", report: ShiftReport) -> None:
    if call.args.csv:
        _csv(call, desk, formats.rows(report))
        return
    call.out.data(formats.document(report), formats.text(report))


async def _print(call: Call, desk: "Desk", report: ShiftReport) -> None:
    text = formats.printed(report, call.settings().ui.print_columns)
    await desk.receipts.print_report(f"shift-{report.number}", text)
    call.out.data(formats.document(report), "")
    call.out.say(f"Shift {report.number} was sent to the printer.")


def _list(call: Call, closed: tuple[ShiftReport, ...], desk: "Desk") -> None:
    if not closed:
        call.out.say("No shift was closed yet.")
    if call.args.csv:
        _csv(call, desk, [formats.rows(report)[0] for report in closed])
        return
    rows = [
        (
            str(report.number),
            span(report),
            money.count(report.all.orders),
            money.exact(report.all.sold),
            money.exact(report.all.margin),
            str(account_words(report)),
            report.closed_by,
        )
        for report in closed
    ]
    heads = ("SHIFT", "FROM AND TO", "ORDERS", "SOLD", "MARGIN", "ACCOUNT", "CLOSED BY")
    call.out.data(
        [formats.document(report) for report in closed],
        as_text.table(heads, rows, right={0, 2, 3, 4}),
    )


def _csv(call: Call, desk: "Desk", rows: list[formats.ExportRow]) -> None:
    # A report that is read needs no writer of files.
    from services.local_files import exports

    document = exports.whole(rows, "csv", "shift", (), desk.exports.csv_form())
    call.out.text(document.decode("utf-8").rstrip("\r\n"))
