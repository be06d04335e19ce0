"""`carddesk note`, `acknowledge` and `delivered`: what a person says of a purchase or an order."""

from typing import TYPE_CHECKING

from services.errors import NotFound, Refused
from services.models import Purchase, PurchaseState
from services.text import clean
from tui import cli_values, plain, present, present_story
from tui.cli_call import AddCommand, Call

if TYPE_CHECKING:
    from services.desk import Desk

REFERENCE = "order id, purchase id or key"


def declare(add: AddCommand) -> None:
    """Declare the three commands and their arguments."""
    command = add("note", note, "write a note on a purchase of this journal")
    command.add_argument("reference", metavar="REF", type=cli_values.reference, help=REFERENCE)
    command.add_argument(
        "text", metavar="TEXT", type=cli_values.note, help='the note; "" takes it away'
    )

    command = add("acknowledge", acknowledge, "take note of a purchase that was not placed or late")
    command.add_argument("reference", metavar="REF", type=cli_values.reference, help=REFERENCE)

    command = add("delivered", delivered, "mark an order as given to the customer")
    command.add_argument("reference", metavar="REF", type=cli_values.reference, help=REFERENCE)
    command.add_argument("--undo", action="store_true", help="it was not given after all")


async def note(call: Call) -> int:
    """Keep the note and print the purchase."""
    async with call.desk(offline=True) as desk:
        held = await _held(desk, call.args.reference)
        held = await desk.set_note(held.id, call.args.text)
    call.out.say("The note is kept." if held.note else "There is no note on it now.")
    call.out.data(present.purchase(held), plain.purchase(held))
    return 0


async def acknowledge(call: Call) -> int:
    """Take a purchase off the list of what a person should know; one in doubt stays on it."""
    async with call.desk(offline=True) as desk:
        held = await _held(desk, call.args.reference)
        if held.state is not PurchaseState.NOT_PLACED and not held.late:
            raise Refused(
                f"This purchase is {held.state}: only one that was not placed, or came late, can "
                "be acknowledged",
                code="NOTHING_TO_ACKNOWLEDGE",
                advice="Nothing was changed. What is not settled: carddesk resolve",
            )
        held = await desk.acknowledge(held.id)
    call.out.say("Acknowledged: it is off the list of what is not settled.")
    call.out.data(present.purchase(held), plain.purchase(held))
    return 0


async def delivered(call: Call) -> int:
    """Mark an order of whichever desk, or take the mark back, and print the mark."""
    async with call.desk(offline=True) as desk:
        order_id = await _order_id(desk, call.args.reference)
        done, new = await (desk.take_back if call.args.undo else desk.give)(order_id)
    if call.args.undo:
        call.out.say("The mark is taken back." if new else "It was not marked as given.")
    else:
        call.out.say("Marked as given to the customer." if new else "It was given already.")
    call.out.data(
        present_story.delivery(done),
        plain.facts(
            (
                ("order", done.order_id),
                ("given", f"{plain.local(done.at)} by {done.by}" if done.at else "no"),
            )
        ),
    )
    return 0


async def _order_id(desk: "Desk", reference: str) -> str:
    purchase = await desk.purchase(reference)
    if purchase is None:
        return reference
    if not purchase.order_id:
        raise Refused(
            f"This purchase is {purchase.state}: it has no order, so there are no cards to give",
            code="NOTHING_TO_GIVE",
            advice="Nothing was changed.",
        )
    return purchase.order_id


async def _held(desk: "Desk", reference: str) -> Purchase:
    purchase = await desk.purchase(reference)
    if purchase is None:
        raise NotFound(
            f"The journal knows no purchase {clean(reference)}",
            code="NO_SUCH_PURCHASE",
            advice="Nothing was changed. Orders of other desks take no note here.",
        )
    return purchase
