"""`carddesk orders`, `order` and `resolve`: what was bought, its cards, and what is not settled."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.book_models import BoardOrder
from services.clock import SystemClock
from services.errors import NotFound, Unavailable
from services.models import ENDED, Card, Order, Purchase
from services.text import clean
from tui import cli_outcome, cli_values, plain, plain_story, present, present_story, revealing
from tui.cli_call import AddCommand, Call

A_LOOK = 0.1

if TYPE_CHECKING:
    from services.desk import Desk


def declare(add: AddCommand) -> None:
    """Declare the three commands and their options."""
    command = add("orders", orders, "list what the journal and the vendor know")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--open", action="store_true", help="only what is not final")
    which.add_argument("--unresolved", action="store_true", help="only what needs settling")
    which.add_argument(
        "--unclaimed", action="store_true", help="only the account's orders that nobody claimed"
    )
    which.add_argument(
        "--undelivered",
        action="store_true",
        help="only this desk's cards that came and were not given, of 7 days; --from shows others",
    )
    cli_values.add_period(command)

    command = add("order", order, "show one order")
    command.add_argument(
        "reference", metavar="REF", type=cli_values.reference, help="order id, purchase id or key"
    )
    which = command.add_mutually_exclusive_group()
    which.add_argument("--reveal", action="store_true", help="print its cards")
    which.add_argument("--story", action="store_true", help="print all that happened to it")

    command = add("resolve", resolve, "settle unresolved purchases, now")
    which = command.add_mutually_exclusive_group()
    which.add_argument(
        "--claim",
        nargs=2,
        metavar=("PURCHASE_ID", "ORDER_ID"),
        type=cli_values.reference,
        help="this order is that purchase, whether it was offered or nobody claimed it",
    )
    which.add_argument(
        "--none",
        metavar="PURCHASE_ID",
        type=cli_values.reference,
        help="none of the orders offered is that purchase",
    )


async def orders(call: Call) -> int:
    """Print the period's orders and the purchases that have none, newest first."""
    start, end = call.period()
    if call.args.unclaimed:
        return await _unclaimed(call, start, end)
    if call.args.unresolved:
        async with call.desk(offline=True) as desk:
            unsettled = await desk.purchases(unresolved=True, start=start, end=end)
        if not unsettled:
            call.out.say("Nothing is unresolved.")
        call.out.data([present.purchase(p) for p in unsettled], plain.purchases(unsettled))
        return 0
    if call.args.undelivered:
        async with call.desk(offline=True) as desk:
            waiting = await desk.undelivered(start, end)
        if not waiting:
            call.out.say("Every card that came is marked as given.")
        call.out.data([present.board_order(row) for row in waiting], plain.board(waiting))
        return 0
    async with call.desk() as desk:
        begin = start or SystemClock().now() - timedelta(hours=call.settings().board.hours)
        known = await listed(desk, begin, end)
    rows = [row for row in known if not (call.args.open and row.final)]
    if not rows:
        call.out.say("There are no such orders.")
    call.out.data([present.board_order(row) for row in rows], plain.board(rows))
    return 0


async def _unclaimed(call: Call, start: datetime | None, end: datetime | None) -> int:
    """Print the orders that no purchase claims, however old, newest first."""
    async with call.desk(offline=True) as desk:
        # Unless the key could be checked, the vendor has not answered and will not now.
        if desk.book.info.validated:
            await desk.read_orders()
        known = await desk.unclaimed()
    rows = [row for row in known if not ((start and row.time < start) or (end and row.time > end))]
    if not rows:
        call.out.say("Every order of the account is claimed by a purchase.")
    else:
        call.out.say(
            "No purchase here claims these. Ask who bought them; if it is one of yours: "
            "carddesk resolve --claim PURCHASE_ID ORDER_ID"
        )
    call.out.data([present.board_order(row) for row in rows], plain.board(rows))
    return 0


async def listed(desk: "Desk", begin: datetime, end: datetime | None) -> list[BoardOrder]:
    """Return a period's orders and the purchases that have none, newest first; raises DeskError."""
    known = [*await desk.list_orders(begin, end), *await _without_order(desk, begin, end)]
    return sorted(known, key=lambda row: row.time, reverse=True)


async def order(call: Call) -> int:
    """Print one order: as the journal has it if it is ours, else as the vendor tells it."""
    reference: str = call.args.reference
    async with call.desk(offline=True) as desk:
        if call.args.story:
            story = await desk.story(reference)
            call.out.data(present_story.story(story), plain_story.story(story))
            return 0
        purchase = await desk.purchase(reference)
        if purchase is None:
            found = await _foreign(desk, reference)
            cards = await revealed(call, desk, found.id) if call.args.reveal else None
            call.out.data(
                present.foreign_order(found, cards), _with_cards(plain.foreign_order(found), cards)
            )
            return 0
        purchase = await _newest(call, desk, purchase)
        cards = await _cards(call, desk, purchase) if call.args.reveal else None
        call.out.say(cli_outcome.sentence(purchase))
        if purchase.order_id and (mark := await desk.delivery(purchase.order_id)) and mark.at:
            call.out.say(f"Given to the customer: {plain.local(mark.at)} by {mark.by}.")
        call.out.data(
            present.purchase(purchase, cards), _with_cards(plain.purchase(purchase), cards)
        )
        return 0


async def resolve(call: Call) -> int:
    """Settle what is not settled; print what was decided and what is left, and exit 4 if any is."""
    decided: list[Purchase] = []
    async with call.desk() as desk:
        if call.args.claim:
            await _say_if_ruled_out(call, desk, *call.args.claim)
            decided = [await desk.claim(*call.args.claim)]
        elif call.args.none:
            decided = [await desk.none_of_these(call.args.none)]
        left = await desk.resolve()
    # What is still open is told as the last look left it.
    ended = [each for each in decided if each.id not in {purchase.id for purchase in left}]
    shown = [*ended, *left]
    for purchase in shown:
        call.out.say(f"{purchase.id}: {cli_outcome.sentence(purchase)}")
    if not left:
        call.out.say("Nothing is left unresolved.")
    call.out.data([present.purchase(p) for p in shown], plain.purchases(shown))
    return cli_outcome.UNRESOLVED if left else cli_outcome.DONE


async def _say_if_ruled_out(call: Call, desk: "Desk", purchase_id: str, order_id: str) -> None:
    if order_id in await desk.ruled_out(purchase_id):
        call.out.say("A person had said before that this order is not that purchase.")


async def _without_order(
    desk: "Desk", begin: datetime, end: datetime | None
) -> Sequence[BoardOrder]:
    """Return the journal's purchases that no order of the vendor's list shows."""
    return [
        BoardOrder(
            key=purchase.id,
            order_id="",
            purchase_id=purchase.id,
            state=purchase.state.value,
            product=purchase.product_title,
            product_id=purchase.product_id,
            denomination=purchase.type_name,
            type_id=purchase.type_id,
            quantity=purchase.quantity,
            total=purchase.total,
            time=purchase.created_at,
            note=purchase.note,
            operator=purchase.operator,
            mine=True,
            final=purchase.state in ENDED,
        )
        for purchase in await desk.purchases(start=begin, end=end)
        if not purchase.order_id
    ]


async def _foreign(desk: "Desk", reference: str) -> Order:
    try:
        return await desk.order(reference)
    except NotFound as missing:
        raise NotFound(
            f"Neither the journal nor the vendor knows {clean(reference)}",
            code=missing.code,
            request_id=missing.request_id,
        ) from None


async def _newest(call: Call, desk: "Desk", purchase: Purchase) -> Purchase:
    """Ask the vendor once about an order in the making; offline, the journal's answer stands."""
    if cli_outcome.is_final(purchase) or not purchase.order_id:
        return purchase
    try:
        return await desk.wait_final(purchase.id, A_LOOK)
    except Unavailable as failure:
        call.out.say(f"As the journal has it: {failure.sentence()}")
        return purchase


async def _cards(call: Call, desk: "Desk", purchase: Purchase) -> Sequence[Card]:
    if not cli_outcome.is_final(purchase):
        call.out.say("The cards are not there yet.")
        return ()
    return await revealed(call, desk, purchase.order_id)


async def revealed(call: Call, desk: "Desk", order_id: str) -> Sequence[Card]:
    """Fetch an order's cards; say who had them before, and what a terminal cannot show of them.

    Raises:
        DeskError: the journal cannot record it, or the vendor could not be read.
    """
    history = await desk.history(order_id)
    cards = await desk.reveal(order_id, None)
    if before := revealing.before(history, SystemClock().now()):
        call.out.say(before)
    if not call.args.json and (changed := plain.changed(cards)):
        call.out.say(changed)
    return cards


def _with_cards(text: str, cards: Sequence[Card] | None) -> str:
    return f"{text}\n\n{plain.cards(cards)}" if cards else text
