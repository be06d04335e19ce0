"""`carddesk buy`: quote, buy once, wait for the end if asked, and exit with what became of it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from services import money
from services.errors import BadInput, DeskError, Refused
from services.models import ENDED, Card, Check, Purchase, PurchaseState, Quote
from services.text import clean
from services.unwritten import Unwritten
from tui import cli_orders, cli_outcome, cli_values, plain, present
from tui.cli_call import AddCommand, Call
from tui.cli_output import error_document

if TYPE_CHECKING:
    from services.desk import Desk

Report = Callable[[Check], None]
LONG_ENOUGH = 120.0


def declare(add: AddCommand) -> None:
    """Declare the command and its options."""
    command = add("buy", buy, "buy cards, once")
    command.add_argument("product_id", metavar="PRODUCT_ID", type=cli_values.vendor_id)
    command.add_argument("type_id", metavar="TYPE_ID", type=cli_values.vendor_id)
    command.add_argument("quantity", metavar="QUANTITY", type=cli_values.quantity)
    command.add_argument(
        "--note", metavar="TEXT", type=cli_values.note, default="", help="kept with the purchase"
    )
    command.add_argument(
        "--idempotency-key",
        metavar="KEY",
        type=cli_values.idempotency_key,
        help="the same key never buys twice",
    )
    command.add_argument(
        "--max-total", metavar="DZD", type=cli_values.amount, help="refuse a dearer total"
    )
    command.add_argument(
        "--wait",
        metavar="SECONDS",
        nargs="?",
        const=LONG_ENOUGH,
        type=cli_values.seconds,
        help=f"wait until the order is final (at most {LONG_ENOUGH:.0f} s)",
    )
    command.add_argument("--reveal", action="store_true", help="print the cards once final")
    command.add_argument("--yes", action="store_true", help="without it only the quote is printed")


async def buy(call: Call) -> int:
    """Buy what the arguments say, at most once, and print the purchase."""
    if call.args.read_only or call.settings().profile.read_only:
        raise Refused("This desk is read-only", code="BUYING_OFF")
    report = _narrator(call)
    async with call.desk() as desk:
        purchase = await _already_bought(call, desk)
        if purchase is None:
            quote = await _quote(call, desk, report)
            if not call.args.yes:
                return _unconfirmed(call, quote, desk.book.info.environment == "SANDBOX")
            try:
                purchase = await _place(call, desk, quote, report)
            except Unwritten as failure:
                return _unwritten(call, failure)
        if call.args.wait is not None:
            purchase = await _wait(call, desk, purchase)
        cards = await _cards(call, desk, purchase) if call.args.reveal else None
        call.out.say(cli_outcome.sentence(purchase))
        shown = plain.purchase(purchase)
        if cards:
            shown = f"{shown}\n\n{plain.cards(cards)}"
        call.out.data(present.purchase(purchase, cards), shown)
        if call.args.reveal and cards is None and cli_outcome.is_final(purchase):
            return cli_outcome.NOT_FINAL
        return cli_outcome.exit_code(purchase, waited=call.args.wait is not None)


async def _already_bought(call: Call, desk: "Desk") -> Purchase | None:
    """Find the purchase this idempotency key stands for; asked before any quote.

    A quote can fail for reasons that do not matter to what is already bought, such as stock.
    """
    key: str | None = call.args.idempotency_key
    found = await desk.purchase(key) if key else None
    if key is None or found is None or found.idempotency_key != key:
        return None
    asked = (call.args.product_id, call.args.type_id, call.args.quantity)
    if (found.product_id, found.type_id, found.quantity) != asked:
        raise BadInput(
            "This idempotency key was used for another product, type or quantity",
            advice=f"Nothing was sent. See: carddesk order {clean(key)}",
        )
    if found.state is PurchaseState.NOT_SENT:
        return None
    call.out.say("This idempotency key was used before: this is that purchase, nothing was sent.")
    return found


async def _quote(call: Call, desk: "Desk", report: Report) -> Quote:
    args = call.args
    quote = await desk.quote(args.product_id, args.type_id, args.quantity, report=report)
    if args.max_total is not None and quote.total > args.max_total:
        raise Refused(
            f"The total of {money.show(quote.total)} DZD is above "
            f"--max-total {money.show(args.max_total)} DZD"
        )
    return quote


def _unconfirmed(call: Call, quote: Quote, practice: bool) -> int:
    error = BadInput("Nothing was bought", advice="Add --yes to buy at this price.")
    call.out.say(f"carddesk: {error.sentence()}")
    call.out.data(
        {"quote": present.quote(quote), "error": error_document(error)},
        plain.quote(quote, practice=practice),
    )
    return error.exit_code


async def _place(call: Call, desk: "Desk", quote: Quote, report: Report) -> Purchase:
    """Buy, and let a signal wait for the answer: a dropped purchase is one nobody can tell of."""
    with call.signals.held():
        buying = asyncio.ensure_future(
            desk.buy(
                quote,
                note=call.args.note,
                idempotency_key=call.args.idempotency_key or "",
                report=report,
            )
        )
        stop = asyncio.ensure_future(call.signals.wait())
        await asyncio.wait({buying, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not buying.done():
            call.out.say("Stopping: the order may already be placed, waiting for the answer.")
        return await buying


def _unwritten(call: Call, failure: Unwritten) -> int:
    """Tell of a purchase whose end no journal took: this is the only place it is written."""
    call.out.say(f"carddesk: {failure.sentence()}")
    document = present.purchase(failure.purchase)
    document["error"] = error_document(failure)
    call.out.data(document, plain.purchase(failure.purchase))
    return failure.exit_code


async def _wait(call: Call, desk: "Desk", purchase: Purchase) -> Purchase:
    """Wait for the end; whatever disturbs the wait, the purchase as the journal has it counts."""
    if purchase.state in ENDED:
        return purchase
    call.out.say("Waiting until the order is final; Ctrl+C stops the wait, not the order.")
    try:
        ended = await call.signals.unless_stopped(desk.wait_final(purchase.id, call.args.wait))
        if ended is not None:
            return ended
    except DeskError as failure:
        call.out.say(failure.sentence())
    return await desk.purchase(purchase.id) or purchase


async def _cards(call: Call, desk: "Desk", purchase: Purchase) -> Sequence[Card] | None:
    if purchase.state is PurchaseState.REFUNDED:
        return ()
    if not cli_outcome.is_final(purchase):
        call.out.say("The cards are not there yet.")
        return None
    try:
        return await cli_orders.revealed(call, desk, purchase.order_id)
    except DeskError as failure:
        call.out.say(f"The order is placed, but its cards were not read: {failure.sentence()}")
        return None


def _narrator(call: Call) -> Report:
    """Return what tells each check once it has ended; the one before sending only if it differs."""
    told: dict[str, Check] = {}

    def tell(check: Check) -> None:
        if check.state != "running" and told.get(check.step) != check:
            told[check.step] = check
            mark = "FAILED" if check.state == "failed" else check.state
            call.out.say(f"{check.step}: {mark} {check.detail}".rstrip())

    return tell
