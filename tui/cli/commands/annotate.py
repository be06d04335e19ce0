"""`carddesk note`, `acknowledge` and `delivered`: what a person says of a purchase or an order."""

from typing import TYPE_CHECKING

from services.domain.errors import NotFound, Refused
from services.domain.local_time import local_time
from services.domain.models import Purchase, PurchaseState
from services.domain.purchase_states import state_name
from services.domain.text import clean
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text

if TYPE_CHECKING:
    from services.desk.desk import Desk

REFERENCE = "order id, purchase id or key"


def declare(add: AddCommand) -> None:
    command = add("note", note, "write a note on a purchase of this journal")
    command.add_argument("reference", metavar="REF", type=argument_types.reference, help=REFERENCE)
    command.add_argument(
        "text", metavar="TEXT", type=argument_types.note, help='the note; "" takes it away'
    )

    command = add(
        "acknowledge", acknowledge, "mark as seen a purchase that was not placed, or came late"
    )
    command.add_argument("reference", metavar="REF", type=argument_types.reference, help=REFERENCE)

    command = add("delivered", delivered, "mark an order as handed over")
    command.add_argument("reference", metavar="REF", type=argument_types.reference, help=REFERENCE)
    command.add_argument("--undo", action="store_true", help="it was not handed over after all")


async def note(call: Call) -> int:
    async with call.desk(offline=True) as desk:
        held = await _held(desk, call.args.reference)
        held = await desk.journal.set_note(held.id, call.args.text)
    call.out.say("The note is kept." if held.note else "There is no note on it now.")
    return _printed(call, desk, held)


async def acknowledge(call: Call) -> int:
    """Take a purchase off the list of what a person should know; one in doubt stays on it."""
    async with call.desk(offline=True) as desk:
        held = await _held(desk, call.args.reference)
        if held.state is not PurchaseState.NOT_PLACED and not held.late:
            raise Refused(
                f"This purchase is {state_name(held.state)}: only one that was not placed, "
                "or came late, can "
                "be acknowledged",
                code="NOTHING_TO_ACKNOWLEDGE",
                advice="Nothing was changed. What is not settled: carddesk resolve",
            )
        held = await desk.settlement.acknowledge(held.id)
    call.out.say("It is off the list of what is not settled.")
    return _printed(call, desk, held)


def _printed(call: Call, desk: "Desk", held: Purchase) -> int:
    region = desk.catalog.region(held.product_id)
    call.out.data(as_json.purchase(held), as_text.purchase(held, region))
    return 0


async def delivered(call: Call) -> int:
    """Mark an order of whichever desk, or take the mark back, and print the mark."""
    async with call.desk(offline=True) as desk:
        order_id = await _order_id(desk, call.args.reference)
        done, new = await (desk.support.take_back if call.args.undo else desk.support.give)(
            order_id
        )
    if call.args.undo:
        call.out.say("The mark is taken back." if new else "It was not marked as handed over.")
    else:
        call.out.say("Marked as handed over." if new else "It was handed over already.")
    call.out.data(
        as_json.delivery(done),
        as_text.facts(
            (
                ("order", done.order_id),
                ("handed over", f"{local_time(done.at)} by {done.by}" if done.at else "no"),
            )
        ),
    )
    return 0


async def _order_id(desk: "Desk", reference: str) -> str:
    purchase = await desk.journal.purchase(reference)
    if purchase is None:
        return reference
    if not purchase.order_id:
        raise Refused(
            f"This purchase is {state_name(purchase.state)}: it has no order, "
            "so there are no cards to hand over",
            code="NOTHING_TO_GIVE",
            advice="Nothing was changed.",
        )
    return purchase.order_id


async def _held(desk: "Desk", reference: str) -> Purchase:
    purchase = await desk.journal.purchase(reference)
    if purchase is None:
        raise NotFound(
            f"The journal knows no purchase {clean(reference)}",
            code="NO_SUCH_PURCHASE",
            advice="Nothing was changed. Orders of other desks take no note here.",
        )
    return purchase
