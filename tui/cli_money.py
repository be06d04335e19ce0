"""`carddesk money`: the balance, the day, the week and the runway, one fact a line."""

from typing import TYPE_CHECKING

from services.errors import DeskError
from services.spending_words import facts
from tui import plain, present
from tui.cli_call import AddCommand, Call

if TYPE_CHECKING:
    from services.desk import Desk
    from services.models import Balance


def declare(add: AddCommand) -> None:
    """Declare the command."""
    add("money", money, "the balance, what was spent, what may come back, how long it lasts")


async def money(call: Call) -> int:
    """Print money at a glance; without the vendor, what the journal knows."""
    settings = call.settings()
    async with call.desk(offline=True) as desk:
        balance = await _balance(call, desk)
        await _learn(call, desk)
        spent = await desk.spending()
    told = facts(
        spent,
        balance.amount if balance else None,
        settings.ui.low_balance,
        markup_percent=settings.ui.markup_percent,
        exclusive=settings.profile.account_exclusive,
    )
    call.out.data(present.spending(spent, balance), plain.facts(told))
    return 0


async def _balance(call: Call, desk: "Desk") -> "Balance | None":
    try:
        return await desk.balance()
    except DeskError as failure:
        call.out.say(f"The balance could not be read: {failure.sentence()}")
        return None


async def _learn(call: Call, desk: "Desk") -> None:
    """Read today's ledger, which knows what others bought with this account."""
    try:
        await desk.ledger()
    except DeskError as failure:
        call.out.say(f"The ledger could not be read: {failure.sentence()}")
