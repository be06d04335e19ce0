"""`carddesk sale`: several lines for one customer, checked at once, bought one by one."""

import time
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from services.domain.errors import BadInput, DeskError, Refused
from services.domain.models import Check, Purchase
from services.domain.money import show
from services.domain.phrase import counted
from services.domain.shop.sale import LineOutcome, Sale, SaleLine, SaleReview, SaleRun
from services.domain.text import NOTHING, clean
from services.domain.typed import digits
from services.system.clock import SystemClock
from tui.cli import argument_types, exit_codes
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, sales

if TYPE_CHECKING:
    from services.desk.desk import Desk

LONGEST_KEY = 100
WHAT = ("list", "show", "resume", "close")
_NEW = ("lines", "idempotency_key", "max_total")


class TypedLine(NamedTuple):
    """A line as it is typed."""

    product_id: str
    type_id: str
    quantity: int


def declare(add: AddCommand) -> None:
    command = add("sale", sale, "sell several things to one customer, each bought once")
    command.add_argument(
        "what", metavar="list|show|resume|close", nargs="?", choices=WHAT, help="of earlier sales"
    )
    command.add_argument(
        "sale_id", metavar="SALE", nargs="?", type=argument_types.reference, help="which sale"
    )
    command.add_argument(
        "--line",
        dest="lines",
        metavar="PRODUCT:TYPE:QUANTITY",
        action="append",
        type=line_of,
        help="a line of a new sale, as often as there are lines",
    )
    command.add_argument(
        "--customer",
        metavar="NAME",
        type=argument_types.note,
        default="",
        help="kept with every purchase of it",
    )
    command.add_argument(
        "--received",
        metavar="DZD",
        type=argument_types.amount,
        help="what the customer gave; what to give back is worked out",
    )
    command.add_argument(
        "--max-total",
        metavar="DZD",
        type=argument_types.amount,
        help="refuse a sale that costs more",
    )
    command.add_argument(
        "--idempotency-key",
        metavar="KEY",
        type=argument_types.idempotency_key,
        help="the sale's own id: the same command buys what is missing of it, and nothing twice",
    )
    command.add_argument(
        "--go-on", action="store_true", help="do not stop at a line without an answer"
    )
    command.add_argument(
        "--retry", action="store_true", help="resume: also lines for which nothing was bought"
    )
    argument_types.add_wait(command, "the orders are final")
    command.add_argument("--open", action="store_true", help="list: only what is not closed")
    command.add_argument("--yes", action="store_true", help="without it only the check is printed")


def line_of(text: str) -> TypedLine:
    """Read a line; raises BadInput."""
    parts = text.split(":")
    if len(parts) != 3:
        raise BadInput("A line is PRODUCT:TYPE:QUANTITY, with the ids of carddesk stock")
    product, kind, quantity = parts
    product, kind = map(argument_types.vendor_id, (product, kind))
    return TypedLine(product, kind, digits.quantity(quantity))


async def sale(call: Call) -> int:
    """Do what the arguments say; the exit code is that of the worst line."""
    args = call.args
    _check(call)
    if args.what == "list":
        return await _list(call)
    if args.what == "show":
        async with call.desk(offline=True) as desk:
            return await _print(call, desk, await desk.sales.read(args.sale_id))
    if args.what == "close":
        async with call.desk(offline=True) as desk:
            held = await desk.sales.take(args.sale_id)
            await desk.sales.close(held, "closed by a person")
            call.out.say(f"Closed: {counted(len(held.to_buy), 'line')} not bought.")
            return exit_codes.DONE
    call.out.keeps_exit_code = True
    if args.read_only or call.settings().profile.read_only:
        raise Refused("This desk is read-only", code="BUYING_OFF")
    async with call.desk() as desk:
        if args.what == "resume":
            return await _resumed(call, desk, args.sale_id)
        key: str = args.idempotency_key or ""
        if key and (held := await _known(call, desk, key)) is not None:
            return await _resumed(call, desk, held.id)
        return await _new(call, desk, key)


def _check(call: Call) -> None:
    """Refuse arguments that do not go together."""
    args = call.args
    if args.what is None and not args.lines:
        raise BadInput("Give --line PRODUCT:TYPE:QUANTITY, or list", advice="See sale --help.")
    if args.what in ("show", "resume", "close") and args.sale_id is None:
        raise BadInput(f"sale {args.what} needs a SALE", advice="See carddesk sale list.")
    if args.what == "list" and args.sale_id is not None:
        raise BadInput("sale list takes no SALE")
    if args.what is not None and (extra := next((n for n in _NEW if getattr(args, n)), "")):
        name = "line" if extra == "lines" else extra.replace("_", "-")
        raise BadInput(f"--{name} is for a new sale")
    if args.retry and args.what != "resume":
        raise BadInput("--retry goes with sale resume")
    if args.idempotency_key and len(args.idempotency_key) > LONGEST_KEY:
        raise BadInput(f"The key of a sale has at most {LONGEST_KEY} characters")


async def _list(call: Call) -> int:
    async with call.desk(offline=True) as desk:
        found = await desk.sales.listed(open_only=call.args.open)
        if not found:
            call.out.say("No sale is open." if call.args.open else "There is no sale yet.")
        documents = [sales.document(each, await _purchases(desk, each)) for each in found]
        call.out.data({"sales": documents}, sales.listed(found))
        return exit_codes.DONE


async def _known(call: Call, desk: "Desk", key: str) -> Sale | None:
    """Return the sale that a key stands for; raises BadInput where it has other lines."""
    try:
        held = await desk.sales.read(key)
    except BadInput:
        return None
    if [(line.product_id, line.type_id, line.quantity) for line in held.lines] != _joined(call):
        raise BadInput(
            "This key was used for a sale of other lines",
            advice=f"Nothing was sent. See: carddesk sale show {clean(key)}",
        )
    call.out.say("This key was used before: what is missing of that sale is bought.")
    return held


async def _new(call: Call, desk: "Desk", key: str) -> int:
    """Check the lines, then write the sale down and buy it."""
    args = call.args
    drafted = Sale(
        id="",
        created_at=SystemClock().now(),
        operator=clean(desk.book.info.operator),
        host="",
        customer=clean(args.customer),
        received=args.received,
        lines=tuple(
            SaleLine(
                at, product, NOTHING, kind, NOTHING, count, Decimal(0), Decimal(0), f"new-{at}"
            )
            for at, (product, kind, count) in enumerate(_joined(call), 1)
        ),
    )
    review = _named(desk, await desk.sales.check(drafted, await call.prices(desk)))
    if (code := _unready(call, review)) is not None:
        return code
    lines = [each.line for each in review.lines]
    held = await desk.sales.begin(args.customer, lines, name=key, received=args.received)
    call.out.say(f"Sale {held.id}.")
    written = zip(review.lines, held.lines, strict=True)
    checked = tuple(replace(each, line=line) for each, line in written)
    return await _buy(call, desk, replace(review, sale=held, lines=checked))


async def _resumed(call: Call, desk: "Desk", sale_id: str) -> int:
    """Settle what has no answer, then buy what is missing."""
    args = call.args
    held = await desk.sales.take(sale_id)
    for line in held.left_out if args.retry else ():
        held = await desk.sales.want_again(held, line.number)
    for line in held.unresolved:
        if line.order is not None:
            await desk.settlement.look_now(line.order.purchase_id)
    held = await desk.sales.read(sale_id)
    if args.received is not None:
        held = await desk.sales.set_received(held, args.received)
    if held.unresolved and not args.go_on:
        call.out.say(
            f"line {held.unresolved[0].number} has no answer yet; the option --go-on buys"
            " the others. To settle it: carddesk resolve"
        )
        return await _ended(call, desk, SaleRun(held))
    if not held.to_buy:
        call.out.say("Nothing is to buy.")
        return await _ended(call, desk, SaleRun(held))
    review = await desk.sales.check(held, await call.prices(desk))
    code = _unready(call, review)
    return await _buy(call, desk, review) if code is None else code


async def _buy(call: Call, desk: "Desk", review: SaleReview) -> int:
    with call.signals.held():
        run = await desk.sales.buy(
            review,
            go_on=call.args.go_on,
            report=partial(_narrate, call),
            stop=lambda: bool(call.signals.number),
        )
    return await _ended(call, desk, run)


async def _ended(call: Call, desk: "Desk", run: SaleRun) -> int:
    """Wait if that is wanted, print the sale, and return the exit code of the worst line."""
    await _wait(call, desk, run.sale)
    ended = await desk.sales.read(run.sale.id)
    if run.stopped:
        call.out.say(f"Stopped: {run.stopped}.")
    for line in ended.left_out:
        call.out.say(
            f"line {line.number} was not bought: {line.left_out or sales.state_words(line)}"
        )
    if ended.to_buy and (run.stopped or ended.left_out):
        call.out.say(f"carddesk sale resume {ended.id} --yes buys what is left.")
    if ended.give_back is not None:
        call.out.say(f"Give back {show(ended.give_back)} DZD.")
    purchases = await _purchases(desk, ended)
    document = sales.document(ended, purchases) | {"stopped": str(run.stopped) or None}
    call.out.data(document, sales.whole(ended))
    if call.signals.number:
        return call.signals.exit_code
    return exit_codes.worst([run.exit_code, *_codes(call, ended, purchases)])


def _codes(call: Call, ended: Sale, purchases: Mapping[str, Purchase]) -> list[int]:
    """Return the exit code that each line would end with alone."""
    codes: list[int] = []
    for line in ended.lines:
        if line.outcome is LineOutcome.TO_BUY:
            codes.append(exit_codes.NOTHING_PLACED)
        elif (purchase := purchases.get(line.key)) is None:
            codes.append(exit_codes.REFUSED)
        else:
            codes.append(exit_codes.exit_code(purchase, waited=call.args.wait is not None))
    return codes


async def _wait(call: Call, desk: "Desk", held: Sale) -> None:
    seconds: float | None = call.args.wait
    waiting = [line for line in held.lines if line.pending and line.order is not None]
    if seconds is None or not waiting or call.signals.number:
        return
    call.out.say("Waiting until the orders are final; Ctrl+C stops the wait only.")
    end = time.monotonic() + seconds
    for line in waiting:
        if line.order is not None:
            left = max(0.0, end - time.monotonic())
            await call.wait_final(desk, line.order.purchase_id, left)
        if call.signals.number:
            return


async def _print(call: Call, desk: "Desk", shown: Sale) -> int:
    call.out.data(sales.document(shown, await _purchases(desk, shown)), sales.whole(shown))
    return exit_codes.DONE


async def _purchases(desk: "Desk", held: Sale) -> dict[str, Purchase]:
    """Return the purchases of the lines by their keys."""
    found = [(line.key, await desk.journal.purchase(line.key)) for line in held.lines if line.order]
    return {key: purchase for key, purchase in found if purchase is not None}


def _joined(call: Call) -> list[tuple[str, str, int]]:
    """Return the lines as they are bought: the same goods twice are one line."""
    counts: dict[tuple[str, str], int] = {}
    for line in call.args.lines:
        goods = (line.product_id, line.type_id)
        counts[goods] = counts.get(goods, 0) + line.quantity
    return [(*goods, count) for goods, count in counts.items()]


def _named(desk: "Desk", review: SaleReview) -> SaleReview:
    """Give the lines of a check the names of their goods."""
    book, lines = desk.book, list(review.lines)
    for at, each in enumerate(lines):
        product = book.catalog.find(each.line.product_id) if book.catalog else None
        stock = book.stocks.get(each.line.product_id)
        kind = stock.find(each.line.type_id) if stock else None
        if product is not None and kind is not None:
            named = replace(
                each.line,
                product_title=product.title,
                region=product.region,
                type_name=kind.name,
            )
            lines[at] = replace(each, line=named)
    return replace(review, lines=tuple(lines))


def _unready(call: Call, review: SaleReview) -> int | None:
    """Say what keeps a checked sale from being bought; return its exit code, None for nothing."""
    practice = call.args.sandbox
    wrong = [each for each in review.lines if each.problem]
    for each in wrong:
        call.out.say(f"line {each.line.number}: {each.problem}")
    after = "" if practice else f", after it {show(review.balance - review.total)} DZD"
    call.out.say(
        f"{counted(len(review.lines), 'line')} to buy, {counted(review.cards, 'card')},"
        f" {show(review.total)} DZD; the customer pays {show(review.pays)} DZD. The balance is"
        f" {show(review.balance)} DZD{after}."
    )
    most: Decimal | None = call.args.max_total
    error: DeskError | None = None
    if wrong:
        words = f"{counted(len(wrong), 'line')} cannot be bought"
        kind = Refused if all(each.refused for each in wrong) else BadInput
        error = kind(words, advice="Nothing was bought.", code="LINES")
    elif most is not None and review.total > most:
        error = Refused(
            f"The total of {show(review.total)} DZD is above --max-total {show(most)} DZD"
        )
    elif not call.args.yes:
        error = BadInput("Nothing was bought", advice="Add --yes to buy at these prices.")
    if error is None:
        return None
    document = {
        "lines": sales.checked(review),
        "total": as_json.amount(review.total),
        "customer_pays": as_json.amount(review.pays),
    }
    return call.out.fail(error, document, sales.lines([each.line for each in review.lines]))


def _narrate(call: Call, line: SaleLine, check: Check) -> None:
    if check.step == "place" and check.state != "running":
        call.out.say(f"line {line.number}: {check.detail}")
