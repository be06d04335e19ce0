"""`carddesk buy`: quote, buy once, wait for the end if asked, and exit with what became of it."""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from services.domain import money
from services.domain.errors import BadInput, DeskError, Refused
from services.domain.models import ENDED, Card, Check, Purchase, PurchaseState, Quote
from services.domain.outcome_not_saved import OutcomeNotSaved
from services.domain.text import clean
from services.domain.typed import digits
from tui.cli import argument_types, exit_codes
from tui.cli.commands import orders
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text

if TYPE_CHECKING:
    from services.desk.desk import Desk

Report = Callable[[Check], None]
_OF_A_FILE = ("results", "with_codes", "go_on", "retry", "repeat")
_IN_THE_FILE = ("note", "price", "idempotency_key", "reveal")


def declare(add: AddCommand) -> None:
    command = add("buy", buy, "buy cards, once")
    # Each may be missing, because a file can take the place of the three.
    argument_types.add_vendor_id(command, "product_id", "carddesk catalog prints them")
    argument_types.add_vendor_id(command, "type_id", "carddesk stock PRODUCT_ID prints them")
    command.add_argument("quantity", metavar="QUANTITY", nargs="?", type=digits.quantity)
    command.add_argument(
        "--note",
        metavar="TEXT",
        type=argument_types.note,
        default="",
        help="kept with the purchase",
    )
    command.add_argument(
        "--price",
        metavar="DZD",
        type=argument_types.amount,
        help="what the customer pays for all of it; else as the settings make the price",
    )
    command.add_argument(
        "--idempotency-key",
        metavar="KEY",
        type=argument_types.idempotency_key,
        help="the same key never buys twice",
    )
    command.add_argument(
        "--max-total",
        metavar="DZD",
        type=argument_types.amount,
        help="refuse a total that costs more; with --from that of all rows",
    )
    argument_types.add_wait(command, "the order is final")
    command.add_argument("--reveal", action="store_true", help="print the cards once final")
    command.add_argument("--yes", action="store_true", help="without it only the quote is printed")
    group = command.add_argument_group("many purchases")
    group.add_argument(
        "--from",
        dest="file",
        metavar="FILE",
        help="a CSV with a purchase a row, in place of PRODUCT_ID TYPE_ID QUANTITY",
    )
    group.add_argument(
        "--results", metavar="FILE", help="write what became of each row to this CSV, without codes"
    )
    group.add_argument(
        "--with-codes",
        action="store_true",
        help="--results with the cards, each order recorded; asks first, needs --wait",
    )
    group.add_argument(
        "--yes-with-codes", action="store_true", help="as --with-codes, without asking"
    )
    group.add_argument(
        "--go-on", action="store_true", help="do not stop at a row that is unresolved"
    )
    group.add_argument(
        "--retry",
        action="store_true",
        help="buy again what was refused or settled as not placed in an earlier run",
    )
    group.add_argument(
        "--repeat",
        action="store_true",
        help="buy rows although another file bought the same in the last 24 hours",
    )


async def buy(call: Call) -> int:
    """Buy what the arguments say, at most once, and print the purchase."""
    call.out.keeps_exit_code = True
    if call.args.read_only or call.settings().profile.read_only:
        raise Refused("This desk is read-only", code="BUYING_OFF")
    _check(call)
    if call.args.file is not None:
        # Here for speed: what reads files is needed for many purchases alone.
        from tui.cli import buying_list

        return await buying_list.carried_out(call)
    report = _narrator(call)
    async with call.desk() as desk:
        purchase = await _already_bought(call, desk)
        if purchase is None:
            quote = await _quote(call, desk, report)
            if not call.args.yes:
                return _unconfirmed(call, quote, desk.book.info.environment == "SANDBOX")
            try:
                purchase = await place(
                    call,
                    desk,
                    quote,
                    note=call.args.note,
                    price=await _customer_price(call, desk, quote),
                    key=call.args.idempotency_key or "",
                    report=report,
                )
            except OutcomeNotSaved as failure:
                return _unwritten(call, failure)
        if call.args.wait is not None:
            purchase = await _wait(call, desk, purchase)
        cards = await _cards(call, desk, purchase) if call.args.reveal else None
        if cards is not None:
            # The reveal has read the order once more: what came meanwhile is counted.
            purchase = orders.counted(await desk.journal.purchase(purchase.id) or purchase, cards)
        call.out.say(exit_codes.sentence(purchase))
        shown = as_text.purchase(purchase, desk.catalog.region(purchase.product_id))
        if cards:
            shown = f"{shown}\n\n{as_text.cards(cards)}"
        call.out.data(as_json.purchase(purchase, cards), shown)
        await orders.record_loss(call, desk, purchase.order_id, cards)
        if call.args.reveal and cards is None and exit_codes.is_final(purchase):
            return exit_codes.NOT_FINAL
        waited = call.args.wait is not None or cards is not None
        return exit_codes.exit_code(purchase, waited=waited)


def _check(call: Call) -> None:
    """Refuse arguments that do not go together."""
    args = call.args
    goods = {"PRODUCT_ID": args.product_id, "TYPE_ID": args.type_id, "QUANTITY": args.quantity}
    if args.file is None:
        if missing := [name for name, given in goods.items() if given is None]:
            raise BadInput(
                f"The following arguments are required: {', '.join(missing)}",
                advice="See carddesk buy --help.",
            )
        options = (*_OF_A_FILE, "yes_with_codes")
        if extra := next((name for name in options if getattr(args, name)), ""):
            raise BadInput(f"--{extra.replace('_', '-')} goes with --from FILE")
        return
    if any(given is not None for given in goods.values()):
        raise BadInput("Give --from FILE, or PRODUCT_ID TYPE_ID QUANTITY, not both")
    if extra := next((name for name in _IN_THE_FILE if getattr(args, name)), ""):
        raise BadInput(
            f"--{extra.replace('_', '-')} is about one purchase",
            advice="With --from it is a column of the file, or not there.",
        )
    if args.with_codes or args.yes_with_codes:
        if not args.results or args.wait is None:
            raise BadInput("Codes are written with --results FILE and --wait SECONDS beside it")
        if args.with_codes and args.yes_with_codes:
            raise BadInput("--with-codes and --yes-with-codes: give one of them")


async def _already_bought(call: Call, desk: "Desk") -> Purchase | None:
    """Find the purchase this idempotency key stands for; asked before any quote.

    A quote can fail for reasons that do not matter to what is already bought, such as stock.
    """
    key: str | None = call.args.idempotency_key
    found = await desk.journal.purchase(key) if key else None
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
    document = {"quote": as_json.quote(quote)}
    return call.out.fail(error, document, as_text.quote(quote, practice=practice))


async def place(
    call: Call,
    desk: "Desk",
    quote: Quote,
    *,
    note: str,
    price: Decimal | None,
    key: str,
    report: Report | None = None,
) -> Purchase:
    """Buy, and let a signal wait for the answer: a dropped purchase has an unknown outcome.

    Args:
        call: the command.
        desk: where it is bought.
        quote: what was confirmed.
        note: kept with the purchase.
        price: what the customer pays for all of it (DZD), None where that is not known.
        key: its idempotency key, empty for one of its own.
        report: called with each step.
    """
    with call.signals.held():
        buying = asyncio.ensure_future(
            desk.buy(quote, note=note, price=price, idempotency_key=key, report=report)
        )
        stop = asyncio.ensure_future(call.signals.wait())
        await asyncio.wait({buying, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not buying.done():
            call.out.say("Stopping: the order may already be placed, waiting for the answer.")
        return await buying


async def _customer_price(call: Call, desk: "Desk", quote: Quote) -> Decimal:
    """Return what the customer pays for all of it: as it was said, else as the settings make it."""
    if call.args.price is not None:
        return call.args.price
    return priced(await call.prices(desk), quote)


def priced(prices: money.Prices, quote: Quote) -> Decimal:
    """Return what the customer pays (DZD) for all that was quoted."""
    each = prices.price(quote.unit_price, quote.product_id, quote.type_id)
    return each * quote.quantity


def _unwritten(call: Call, failure: OutcomeNotSaved) -> int:
    """Report a purchase whose end no journal took: this is the only place it is written."""
    held = failure.purchase
    return call.out.fail(failure, as_json.purchase(held), as_text.purchase(held))


async def _wait(call: Call, desk: "Desk", purchase: Purchase) -> Purchase:
    """Wait for the end; whatever disturbs the wait, the purchase as the journal has it counts."""
    if purchase.state in ENDED and not purchase.missing:
        return purchase
    call.out.say("Waiting until the order is final; Ctrl+C stops the wait, not the order.")
    ended = await call.wait_final(desk, purchase.id, call.args.wait)
    return ended or await desk.journal.purchase(purchase.id) or purchase


async def _cards(call: Call, desk: "Desk", purchase: Purchase) -> Sequence[Card] | None:
    if purchase.state is PurchaseState.REFUNDED:
        return ()
    if not exit_codes.is_final(purchase):
        call.out.say("The cards are not there yet.")
        return None
    try:
        return await orders.revealed(call, desk, purchase.order_id)
    except DeskError as failure:
        call.out.say(f"The order is placed, but its cards were not read: {failure.sentence()}")
        return None


def _narrator(call: Call) -> Report:
    """Return what tells each check once it has ended; the one before sending only if it differs."""
    printed: dict[str, Check] = {}

    def tell(check: Check) -> None:
        if check.state != "running" and printed.get(check.step) != check:
            printed[check.step] = check
            mark = "FAILED" if check.state == "failed" else check.state
            call.out.say(f"{check.step}: {mark} {check.detail}".rstrip())

    return tell
