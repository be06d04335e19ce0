"""`carddesk watch`: what is watched, a watch more, or one less; every console of the account."""

from decimal import Decimal

from services.domain import money
from services.domain.errors import BadInput
from services.domain.local_time import local_time
from services.domain.text import clean
from services.domain.watching.watch import GoodsWatch, WatchedFor
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text


def declare(add: AddCommand) -> None:
    command = add("watch", watch, "hear when goods are back, change cost or run low")
    argument_types.add_what(
        command, "list|add|remove", "print what is watched; watch something; stop watching it"
    )
    argument_types.add_vendor_id(command, "product_id", "carddesk catalog prints them")
    argument_types.add_vendor_id(
        command,
        "type_id",
        "one value, as carddesk stock prints it; all of the product unless it is given",
    )
    command.add_argument("--back", action="store_true", help="say when it is back in stock")
    command.add_argument(
        "--percent",
        metavar="P",
        type=percent,
        help="say when its cost moves by more than so many per cent, 0: whenever it moves",
    )
    command.add_argument(
        "--below", metavar="N", type=below, help="say when fewer than so many are in stock"
    )


def percent(text: str) -> Decimal:
    """Read a number of per cents; raises BadInput otherwise."""
    try:
        return money.parse(text.removesuffix("%"))
    except ValueError:
        raise BadInput(f'"{clean(text, 40)}" is not a number of per cents, such as 5') from None


def below(text: str) -> int:
    """Read a number of cards; raises BadInput otherwise."""
    if text.isascii() and text.isdigit():
        return int(text[:9])
    raise BadInput(f'"{clean(text, 40)}" is not a whole number of cards, such as 10')


async def watch(call: Call) -> int:
    """Do what was asked for; without options a watch speaks of what the console suggests."""
    args = call.args
    asked = args.back or args.percent is not None or args.below is not None
    if args.what == "list" and (args.product_id or asked):
        raise BadInput("A list takes no product: carddesk watch add, or remove")
    if args.what == "remove" and asked:
        raise BadInput("A watch is taken off whole, whatever it speaks of")
    if args.what != "list" and not args.product_id:
        raise BadInput(f"Say which product: carddesk watch {args.what} PRODUCT_ID [TYPE_ID]")
    match args.what:
        case "add":
            wants = WatchedFor(args.back, args.percent, args.below) if asked else WatchedFor()
            return await _add(call, wants.checked())
        case "remove":
            return await _remove(call)
        case _:
            return await _list(call)


async def _list(call: Call) -> int:
    async with call.desk(offline=True) as desk:
        watches = await desk.watches.listed()
    if not watches:
        call.out.say("Nothing is watched. carddesk watch add PRODUCT_ID begins.")
    rows = [
        (
            each.product_id,
            each.type_id,
            each.goods,
            each.wants.words,
            local_time(each.since),
            each.by,
            "not listed any more" if each.gone else "",
        )
        for each in watches
    ]
    headings = ("PRODUCT ID", "TYPE ID", "WHAT", "SAYS WHEN", "SINCE", "BY", "")
    call.out.data([_document(each) for each in watches], as_text.table(headings, rows))
    return 0


async def _add(call: Call, wants: WatchedFor) -> int:
    args = call.args
    async with call.desk() as desk:
        stock = await desk.figures.stock(args.product_id)
        region = desk.catalog.region(args.product_id)
        added = await desk.watches.add(stock, args.type_id or "", wants, clean(region))
    call.out.data(_document(added), f"Watched: {added.goods}: {added.wants.words}.")
    return 0


async def _remove(call: Call) -> int:
    args = call.args
    async with call.desk(offline=True) as desk:
        removed = await desk.watches.remove(args.product_id, args.type_id or "")
    if removed is None:
        raise BadInput(
            "That is not watched", advice="carddesk watch list prints the ids of what is."
        )
    call.out.data(_document(removed), f"Not watched any more: {removed.goods}.")
    return 0


def _document(watch: GoodsWatch) -> dict[str, object]:
    wants = watch.wants
    return {
        "product_id": watch.product_id,
        "product_title": watch.product,
        "region": watch.region or None,
        "type_id": watch.type_id or None,
        "type_name": watch.value or None,
        "back": wants.back,
        "percent": None if wants.percent is None else f"{wants.percent.normalize():f}",
        "below": wants.below,
        "since": as_json.instant(watch.since),
        "by": watch.by,
        "gone": watch.gone,
    }
