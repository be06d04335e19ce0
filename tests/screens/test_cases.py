"""A bad card on the screen: C on a card opens a case; noted, sent to the vendor, closed."""

from typing import Any

import pytest

from services.domain.models import PurchaseState
from tui.screens.cases import CasesScreen
from tui.screens.dialogs.prompt import PromptScreen
from tui.screens.order import OrderScreen
from widgets.panes.case_list import CaseList
from widgets.sheets.case import CaseSheet


async def at_a_card(console: Any) -> Any:
    """Buy, wait until the card is here, and open the order."""
    await console.buy()
    purchase = (await console.desk.journal.purchases())[0]
    console.box.finish(purchase.order_id)
    console.desk.refresh_orders()
    await console.until(
        lambda: any(o.state == PurchaseState.FULFILLED for o in console.app.book.orders)
    )
    await console.press("escape", "3", "enter")
    await console.until(lambda: isinstance(console.screen, OrderScreen))
    await console.until(lambda: console.screen.cards.count)
    return purchase


async def opened(console: Any, reason: str = "used") -> Any:
    purchase = await at_a_card(console)
    await console.press("C")
    await console.until(lambda: isinstance(console.screen, PromptScreen))
    await console.shows("What is wrong with card 1", "never the code")
    await console.press(*reason, "enter")
    await console.until(lambda: isinstance(console.screen, CasesScreen))
    await console.until(lambda: console.screen.query_one(CaseSheet).file)
    return purchase


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_case_from_the_card_to_its_outcome(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await opened(console)
        await console.shows("Case 1", "the code was used already", "opened today", "no deadline")
        assert console.screen.query_one(CaseList).highlighted.case.number == 1
        await console.press("n")
        await console.until(lambda: isinstance(console.screen, PromptScreen))
        await console.press(*"ticket", "space", *"4711", "enter")
        await console.shows("The note on case 1 is kept.", "ticket 4711")
        await console.press("w")
        await console.shows("What to send to the vendor is in", "case-1-")
        await console.press("x")
        await console.until(lambda: isinstance(console.screen, PromptScreen))
        await console.press(*"refunded", "enter")
        await console.shows("Case 1 is closed: refunded.", "No case is open.")


async def test_an_order_with_a_case_is_marked_on_the_board(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await opened(console)
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, OrderScreen))
        await console.shows("1 open case")
        await console.press("C")
        await console.until(lambda: isinstance(console.screen, CasesScreen))
        await console.press("escape", "escape")
        await console.shows("! case")
        await console.press("C")
        await console.until(lambda: isinstance(console.screen, CasesScreen))
        await console.shows("card 1 of 1")
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, OrderScreen))


async def test_a_reason_with_the_code_opens_nothing(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        purchase = await at_a_card(console)
        [card] = await console.desk.orders.reveal(purchase.order_id, 0)
        code = card.value.reveal()
        await console.press("C")
        await console.until(lambda: isinstance(console.screen, PromptScreen))
        await console.press(*code.lower().replace("-", ""), "enter")
        await console.shows("The text holds the code")
        assert code not in console.text()
        assert await console.desk.cases.listed() == ()


async def test_without_a_card_there_is_no_case(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await console.until(lambda: console.app.book.info.validated)
        await console.press("C")
        await console.until(lambda: isinstance(console.screen, CasesScreen))
        await console.shows("No case is open.")
        await console.press("x")
        await console.shows("No case is highlighted.")
        await console.press("enter")
        assert isinstance(console.screen, CasesScreen)
