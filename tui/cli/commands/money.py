"""`carddesk money`: the balance, the day, the week and the runway, one fact a line."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.domain.book import waiting_count
from services.domain.day_figures import DayFigures
from services.domain.errors import DeskError
from services.domain.spending import facts
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text

if TYPE_CHECKING:
    from services.desk.desk import Desk
    from services.domain.models import Balance
    from widgets.drawing.ink import Line

WIDTH, HEIGHT = 72, 8
"""Cells of a plot."""


def declare(add: AddCommand) -> None:
    add("money", money, "the balance, what was spent, what may come back, how long it lasts")


async def money(call: Call) -> int:
    """Print money at a glance; without the vendor, what the journal knows."""
    settings = call.settings()
    async with call.desk(offline=True) as desk:
        balance = await _balance(call, desk)
        await _learn(call, desk)
        spent, day = await desk.money.figures()
        held = waiting_count(desk.book.orders)
        prices = await call.prices(desk)
    amount = balance.amount if balance else None
    named = facts(
        spent,
        amount,
        settings.ui.low_balance,
        prices=prices,
        exclusive=settings.profile.account_exclusive,
    )
    figures = day.figures(spent, prices, held, amount).values()
    text = as_text.facts([*((name, str(said)) for name, said in named), *figures])
    if call.out.to_terminal and not settings.ui.ascii:
        text = f"{text}\n\n{day_plots(day)}"
    for notice in settings.house.notices:
        call.out.say(notice)
    read = as_json.spending(spent, balance) | as_json.day(day, prices, held)
    call.out.data(read, text)
    return 0


async def _balance(call: Call, desk: "Desk") -> "Balance | None":
    try:
        return await desk.figures.balance()
    except DeskError as failure:
        call.out.say(f"The balance could not be read: {failure.sentence()}")
        return None


async def _learn(call: Call, desk: "Desk") -> None:
    """Read today's ledger, which knows what others bought with this account."""
    try:
        await desk.money.ledger()
    except DeskError as failure:
        call.out.say(f"The ledger could not be read: {failure.sentence()}")


def day_plots(day: DayFigures) -> str:
    """Return the plots of a day that there is something for, one below the other."""
    # What only a terminal is shown is loaded for it alone.
    from widgets.drawing.plot import unit_of, upright, with_axis

    blocks: list[str] = []
    if day.balance:
        end = max(day.until, day.begin + timedelta(minutes=1))
        blocks.append(_plot("balance", with_axis(day.balance, day.begin, end, WIDTH, HEIGHT)))
    if day.hours:
        hours = [(f"{each.time.astimezone():%-H}", each.amount) for each in day.hours]
        unit = unit_of(max(each.amount for each in day.hours)).name
        blocks.append(_plot(f"spent per hour, {unit}", upright(hours, WIDTH, HEIGHT).lines))
    return "\n\n".join(blocks)


def _plot(title: str, lines: "list[Line]") -> str:
    drawn = ("".join(cell.text for cell in line).rstrip() for line in lines)
    return "\n".join((title, *drawn))
