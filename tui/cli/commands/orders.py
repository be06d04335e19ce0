"""`carddesk orders`, `order` and `resolve`: what was bought, its cards, and what is not settled."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from services.domain import phrase, status_text
from services.domain.errors import NotFound, Unavailable
from services.domain.local_time import local_time
from services.domain.models import Card, Order, Purchase
from services.domain.status_text import codes_count
from services.domain.text import clean
from services.system.clock import SystemClock
from tui.cli import argument_types, exit_codes
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text, timeline_text

A_LOOK = 0.1

if TYPE_CHECKING:
    from services.desk.desk import Desk


def declare(add: AddCommand) -> None:
    command = add("orders", orders, "list what the journal and the vendor know")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--open", action="store_true", help="only what is not final")
    which.add_argument("--unresolved", action="store_true", help="only what needs settling")
    which.add_argument(
        "--unclaimed", action="store_true", help="only the account's orders that no purchase claims"
    )
    which.add_argument(
        "--undelivered",
        action="store_true",
        help="only this desk's cards to hand over, of 7 days; --from shows others",
    )
    argument_types.add_period(command)

    command = add("order", order, "show one order")
    command.add_argument(
        "reference",
        metavar="REF",
        type=argument_types.reference,
        help="order id, purchase id or key",
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
        type=argument_types.reference,
        help="this order is that purchase, whether it was offered or is unclaimed",
    )
    which.add_argument(
        "--none",
        metavar="PURCHASE_ID",
        type=argument_types.reference,
        help="none of the orders offered is that purchase",
    )


async def orders(call: Call) -> int:
    """Print the period's orders and the purchases that have none, newest first."""
    start, end = call.period()
    if call.args.unclaimed:
        return await _unclaimed(call, start, end)
    if call.args.unresolved:
        async with call.desk(offline=True) as desk:
            unsettled = await desk.journal.purchases(unresolved=True, start=start, end=end)
        if not unsettled:
            call.out.say("Nothing is unresolved.")
        call.out.data(
            [as_json.purchase(p) for p in unsettled],
            as_text.purchases(unsettled, desk.catalog.region),
        )
        return 0
    if call.args.undelivered:
        async with call.desk(offline=True) as desk:
            waiting = await desk.support.undelivered(start, end)
        if not waiting:
            call.out.say("Every card that came is handed over.")
        call.out.data([as_json.board_order(row) for row in waiting], as_text.board(waiting))
        return 0
    async with call.desk() as desk:
        begin = start or SystemClock().now() - timedelta(hours=call.settings().board.hours)
        known = await desk.orders.list(begin, end)
    rows = [row for row in known if not (call.args.open and row.final)]
    if not rows:
        call.out.say("There are no such orders.")
    call.out.data([as_json.board_order(row) for row in rows], as_text.board(rows))
    return 0


async def _unclaimed(call: Call, start: datetime | None, end: datetime | None) -> int:
    """Print the orders that no purchase claims, however old, newest first."""
    async with call.desk(offline=True) as desk:
        # Unless the key could be checked, the vendor has not answered and will not now.
        if desk.book.info.validated:
            await desk.orders.refresh()
        known = await desk.settlement.unclaimed()
        # One that a purchase claims is not missing here.
        bad = [
            item.words
            for item in desk.health.bad_items
            if item.what == "order" and not (item.id and await desk.journal.purchase(item.id))
        ]
    if bad:
        call.out.say(
            f"{phrase.counted(len(bad), 'order')} of the vendor's list cannot be read and may"
            f" be missing here: {'; '.join(bad[:3])}."
        )
    rows = [row for row in known if not ((start and row.time < start) or (end and row.time > end))]
    if not rows and not bad:
        call.out.say("Every order of the account is claimed by a purchase.")
    elif rows:
        call.out.say(
            "No purchase here claims these. Ask who bought them; if it is one of ours: "
            "carddesk resolve --claim PURCHASE_ID ORDER_ID"
        )
    call.out.data([as_json.board_order(row) for row in rows], as_text.board(rows))
    return 0


async def order(call: Call) -> int:
    """Print one order: as the journal has it if it is ours, else as the vendor tells it."""
    reference: str = call.args.reference
    async with call.desk(offline=True) as desk:
        if call.args.story:
            timeline = await desk.support.timeline(reference)
            language = call.settings().ui.customer_language
            text = timeline_text.order_timeline(timeline, language)
            call.out.data(as_json.order_timeline(timeline), text)
            return 0
        purchase = await desk.journal.purchase(reference)
        if purchase is None:
            found = await _foreign(desk, reference)
            row = await desk.orders.row(found)
            cards = await revealed(call, desk, found.id) if call.args.reveal else None
            if cards is not None:
                found = replace(found, cards_came=len(cards))
            if found.missing:
                call.out.say(f"{codes_count(found.cards_came, found.missing)}.")
            call.out.data(
                as_json.foreign_order(found, row, cards),
                _with_cards(as_text.foreign_order(found, row), cards),
            )
            await record_loss(call, desk, found.id, cards)
            return exit_codes.NOT_FINAL if cards is not None and found.open else exit_codes.DONE
        purchase = await _newest(call, desk, purchase)
        cards = await _cards(call, desk, purchase) if call.args.reveal else None
        if cards is not None:
            purchase = counted(await desk.journal.purchase(purchase.id) or purchase, cards)
        call.out.say(exit_codes.sentence(purchase))
        if (
            purchase.order_id
            and (mark := await desk.support.delivery(purchase.order_id))
            and mark.at
        ):
            call.out.say(f"Handed over: {local_time(mark.at)} by {mark.by}.")
        call.out.data(
            as_json.purchase(purchase, cards),
            _with_cards(
                as_text.purchase(purchase, desk.catalog.region(purchase.product_id)), cards
            ),
        )
        await record_loss(call, desk, purchase.order_id, cards)
        here = exit_codes.is_complete(purchase) or not purchase.order_id
        return exit_codes.DONE if cards is None or here else exit_codes.NOT_FINAL


async def resolve(call: Call) -> int:
    """Settle what is not settled; print what was decided and what is left, and exit 4 if any is."""
    decided: list[Purchase] = []
    async with call.desk() as desk:
        if call.args.claim:
            await _say_if_ruled_out(call, desk, *call.args.claim)
            decided = [await desk.settlement.claim(*call.args.claim)]
        elif call.args.none:
            decided = [await desk.settlement.none_of_these(call.args.none)]
        left = await desk.settlement.resolve()
    # What is still open is shown as the last check left it.
    ended = [each for each in decided if each.id not in {purchase.id for purchase in left}]
    shown = [*ended, *left]
    for purchase in shown:
        call.out.say(f"{purchase.id}: {exit_codes.sentence(purchase)}")
    if not left:
        call.out.say("Nothing is left unresolved.")
    call.out.data(
        [as_json.purchase(p) for p in shown], as_text.purchases(shown, desk.catalog.region)
    )
    return exit_codes.UNRESOLVED if left else exit_codes.DONE


async def _say_if_ruled_out(call: Call, desk: "Desk", purchase_id: str, order_id: str) -> None:
    if order_id in await desk.settlement.ruled_out(purchase_id):
        call.out.say("A person said before that this order is not that purchase.")


async def _foreign(desk: "Desk", reference: str) -> Order:
    try:
        return await desk.orders.read(reference)
    except NotFound as missing:
        raise NotFound(
            f"Neither the journal nor the vendor knows {clean(reference)}",
            code=missing.code,
            request_id=missing.request_id,
        ) from None


async def _newest(call: Call, desk: "Desk", purchase: Purchase) -> Purchase:
    """Ask the vendor once about an order in the making; offline, the journal answers."""
    if exit_codes.is_complete(purchase) or not purchase.order_id:
        return purchase
    try:
        if exit_codes.is_final(purchase):
            # However old it is: the poll leaves codes alone that did not come for a day.
            await desk.orders.read(purchase.order_id)
            return await desk.journal.purchase(purchase.id) or purchase
        return await desk.wait_final(purchase.id, A_LOOK)
    except Unavailable as failure:
        call.out.say(f"As the journal has it: {failure.sentence()}")
        return purchase


async def _cards(call: Call, desk: "Desk", purchase: Purchase) -> Sequence[Card]:
    if not exit_codes.is_final(purchase):
        call.out.say("The cards are not there yet.")
        return ()
    return await revealed(call, desk, purchase.order_id)


async def revealed(call: Call, desk: "Desk", order_id: str) -> Sequence[Card]:
    """Fetch an order's cards; say who had them before, and what a terminal cannot show of them.

    Raises:
        DeskError: the journal cannot record it, or the vendor could not be read.
    """
    history = await desk.journal.events(order_id)
    cards = await desk.orders.reveal(order_id, None)
    if desk.orders.off_the_record:
        call.out.say(desk.orders.off_the_record)
    if before := status_text.before(history, None, SystemClock().now()):
        call.out.say(before)
    if not call.args.json and (changed := as_text.changed(cards)):
        call.out.say(changed)
    return cards


async def record_loss(
    call: Call, desk: "Desk", order_id: str, cards: Sequence[Card] | None
) -> None:
    """Record that cards were fetched and not all of them could be printed."""
    if cards and call.out.lost:
        await desk.journal.record("not-printed", order_id, f"the output failed: {call.out.lost}")


def counted(purchase: Purchase, cards: Sequence[Card]) -> Purchase:
    """Return a purchase as what was just revealed shows it: cards that are gone are missing."""
    if not exit_codes.is_final(purchase):
        return purchase
    return replace(purchase, cards_came=len(cards))


def _with_cards(text: str, cards: Sequence[Card] | None) -> str:
    return f"{text}\n\n{as_text.cards(cards)}" if cards else text
