"""The screen of purchases without an answer: evidence, a person's word, and no accidents."""

from typing import Any

from msgspec.structs import replace

from services.domain.models import PurchaseState
from services.sandbox import Fault
from services.settings.load import Settings
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.ticket import TicketScreen
from tui.screens.unresolved import UnresolvedScreen

LOST_BEFORE = "reset@placeOrder:before"
LOST_AFTER = "reset@placeOrder:after"


def shared(settings: Settings) -> Settings:
    """An account that others buy on too: nothing is bound without a person."""
    return replace(settings, profile=replace(settings.profile, account_exclusive=False))


def hasty(settings: Settings) -> Settings:
    """A purchase that leaves no trace is settled after ten seconds."""
    return replace(settings, purchase=replace(settings.purchase, settle_seconds=10))


async def lost(console: Any, fault: str) -> UnresolvedScreen:
    console.box.faults.add(Fault.parse(fault))
    await console.ready()
    # The vendor's times are whole seconds, and only an order after the first reading counts.
    console.clock.advance(1)
    await console.buy()
    await console.press("escape")
    await console.until(lambda: console.app.book.unsettled)
    await console.press("u")
    return await console.until(
        lambda: isinstance(console.screen, UnresolvedScreen) and console.screen
    )


async def not_placed(console: Any) -> UnresolvedScreen:
    """Wait until a purchase that never arrived is known not to be placed."""
    screen = await lost(console, LOST_BEFORE)
    await console.until(
        lambda: (
            screen.cases.highlighted and screen.cases.highlighted.state == PurchaseState.NOT_PLACED
        )
    )
    return screen


async def test_it_says_what_was_confirmed_seen_and_comes_next(console: Any) -> None:
    await lost(console, LOST_BEFORE)
    await console.shows("Unresolved", "asked for", "seen", "buy it again", "we will know by")
    assert len(console.box.posts) == 1


async def test_an_unknown_is_never_called_failed(console: Any) -> None:
    console.box.faults.add(Fault.parse(LOST_AFTER))
    await console.buy()
    text = await console.shows("NO ANSWER", "Do not buy it again")
    assert "FAILED" not in text


async def test_u_in_the_ticket_leads_there(console: Any) -> None:
    console.box.faults.add(Fault.parse(LOST_BEFORE))
    await console.buy()
    await console.press("u")
    await console.until(lambda: isinstance(console.screen, UnresolvedScreen))


async def test_a_person_says_this_one(open_console: Any) -> None:
    async with open_console(change=shared, handling_seconds=(600, 600)) as console:
        screen = await lost(console, LOST_AFTER)
        await console.until(lambda: screen.possible.highlighted)
        await console.shows("Could it be one of these?", "after sending")
        await console.press("o")
        assert isinstance(console.screen, AskScreen)
        await console.press("y")
        await console.until(lambda: not console.app.book.unsettled)
        assert console.app.book.orders[0].state == PurchaseState.HANDLING
        assert len(console.box.posts) == 1


async def test_a_person_says_none_of_these(open_console: Any) -> None:
    async with open_console(change=shared, handling_seconds=(600, 600)) as console:
        screen = await lost(console, LOST_AFTER)
        await console.until(
            lambda: (
                screen.cases.highlighted
                and screen.cases.highlighted.state == PurchaseState.AMBIGUOUS
            )
        )
        await console.press("x", "enter")
        assert console.app.book.unsettled[0].state == PurchaseState.AMBIGUOUS
        await console.press("x", "y")
        await console.until(lambda: console.app.book.unsettled[0].state == PurchaseState.UNRESOLVED)


async def test_what_may_still_be_placed_is_neither_acknowledged_nor_bought_again(
    console: Any,
) -> None:
    await lost(console, LOST_BEFORE)
    await console.press("x")
    await console.shows("not settled yet")
    await console.press("b")
    await console.shows("Buying again is only offered")
    assert len(console.box.posts) == 1


async def test_what_was_not_placed_is_acknowledged(open_console: Any) -> None:
    async with open_console(change=hasty) as console:
        await not_placed(console)
        await console.shows("No trace of it in")
        await console.press("x")
        await console.shows("Take this purchase off the list?")
        await console.press("enter")
        assert console.app.book.unsettled
        await console.press("x", "y")
        await console.shows("All clear")


async def test_buying_again_is_a_new_ticket_and_nothing_more(open_console: Any) -> None:
    async with open_console(change=hasty) as console:
        await not_placed(console)
        await console.until(lambda: not console.screen.situation().why_not)
        await console.press("b")
        await console.until(lambda: isinstance(console.screen, TicketScreen))
        await console.shows("PUBG Mobile 60 UC   Global")
        assert len(console.box.posts) == 1


async def test_the_purchases_stay_in_sight_while_a_filter_matches_none(console: Any) -> None:
    screen = await lost(console, LOST_BEFORE)
    await console.press("slash", *"zzzz", "enter")
    assert screen.cases.display
    assert screen.cases.has_focus
    assert "No purchase is unresolved" not in await console.shows("Nothing here matches")
