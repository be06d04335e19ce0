"""The screen of purchases without an answer: which order it is, and the unclaimed orders."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.domain.models import PurchaseState
from services.sandbox import Fault
from services.settings.load import Settings
from tests.screens.test_unresolved import LOST_AFTER, LOST_BEFORE, lost, shared
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.order import OrderScreen
from tui.screens.parts.unresolved_sheet import UnresolvedSheet
from tui.screens.unresolved import UnresolvedScreen
from widgets.bars.key_hints import HintLine

SLOW = (600, 600)


def hasty(settings: Settings) -> Settings:
    return replace(settings, purchase=replace(settings.purchase, settle_seconds=10))


def hasty_and_shared(settings: Settings) -> Settings:
    return hasty(shared(settings))


def foreign(console: Any, purchase: Any, quantity: int = 1) -> str:
    return console.box.foreign_order(purchase.product_id, purchase.type_id, quantity)


def keys(console: Any) -> dict[str, str]:
    return {label: key for key, label in console.screen.query_one(HintLine).hints}


async def in_state(console: Any, screen: UnresolvedScreen, state: PurchaseState) -> Any:
    return await console.until(
        lambda: (
            screen.cases.highlighted
            and screen.cases.highlighted.state == state
            and screen.cases.highlighted
        )
    )


async def unclaimed(console: Any, quantity: int = 1) -> str:
    """Let another desk buy, and wait until the console has seen it."""
    await console.ready()
    chosen = await console.choose(lambda denomination: denomination.quantity >= 5)
    product = console.screen.product
    count = console.app.book.unclaimed
    # What is placed at the very moment at which the journal begins is not news.
    await console.clock.sleep(1)
    order_id = console.box.foreign_order(product.id, chosen.id, quantity)
    await console.until(lambda: console.app.book.unclaimed > count)
    return order_id


async def test_u_shows_unclaimed_orders_although_nothing_is_unresolved(console: Any) -> None:
    order_id = await unclaimed(console, 3)
    await console.until(lambda: "Unresolved" in keys(console))
    await console.press("u")
    await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
    await console.shows("No purchase is unresolved", "Unclaimed orders", order_id[-6:])
    assert console.screen.unclaimed_orders.has_focus
    assert "It is ours" not in keys(console)
    await console.press("o")
    await console.shows("no unsettled purchase that it could be")
    await console.press("enter")
    await console.until(lambda: isinstance(console.screen, OrderScreen))
    await console.press("u")
    await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
    assert len(console.app.screen_stack) == 2


async def test_u_says_so_when_there_is_nothing_at_all(console: Any) -> None:
    await console.ready()
    await console.press("u")
    await console.shows("Nothing is unresolved or unclaimed.")
    assert isinstance(console.screen, DeskScreen)


async def test_other_goods_are_apart_and_cannot_be_claimed(open_console: Any) -> None:
    async with open_console(change=shared, handling_seconds=SLOW) as console:
        screen = await lost(console, LOST_AFTER)
        held = await in_state(console, screen, PurchaseState.AMBIGUOUS)
        other = foreign(console, held, 3)
        await console.until(
            lambda: [each.order.order_id for each in screen.unclaimed_orders.listed] == [other]
        )
        await console.until(
            lambda: (
                [each.order.id for each in screen.possible.listed]
                == [console.box.posts[0].order_id]
            )
        )
        await console.shows("Could it be one of these?", "Unclaimed orders", "other goods")
        await console.until(
            lambda: screen.unclaimed_orders.region.y - screen.possible.region.y <= 2 + 2 + 1
        )
        screen.unclaimed_orders.focus()
        await console.until(lambda: "It is ours" not in keys(console))
        await console.press("o")
        await console.shows("another product, value or quantity")
        assert not isinstance(console.screen, AskScreen)


async def test_candidates_are_side_by_side_with_the_likeliest_chosen(open_console: Any) -> None:
    async with open_console(change=shared) as console:
        screen = await lost(console, LOST_AFTER)
        held = await in_state(console, screen, PurchaseState.AMBIGUOUS)
        await console.clock.sleep(3)
        later = foreign(console, held, held.quantity)
        await console.clock.sleep(3)
        latest = foreign(console, held, held.quantity)
        await console.press("r")
        await console.until(lambda: screen.possible.shown == 3)
        ours = console.box.posts[0].order_id
        assert [each.order.id for each in screen.possible.listed] == [ours, later, latest]
        assert screen.possible.highlighted.order.id == ours
        await console.shows("3 possible orders")
        text = await console.shows("after sending", "● ready", "cost", "placed", "ledger")
        assert "… " not in text
        assert keys(console) | {"It is ours": "o", "None of these": "x"} == keys(console)


async def test_what_was_ruled_out_by_mistake_is_claimed_after_all(open_console: Any) -> None:
    async with open_console(change=shared, handling_seconds=SLOW) as console:
        screen = await lost(console, LOST_AFTER)
        await in_state(console, screen, PurchaseState.AMBIGUOUS)
        await console.until(lambda: screen.possible.shown)
        await console.press("x", "y")
        await in_state(console, screen, PurchaseState.UNRESOLVED)
        await console.until(lambda: screen.unclaimed_orders.shown and not screen.possible.shown)
        await console.shows("ruled out")
        await console.until(lambda: keys(console).get("It is ours") == "o")
        await console.press("o")
        await console.shows("A person said before that this order is not that purchase")
        await console.press("y")
        await console.until(lambda: not console.app.book.unsettled)
        assert console.app.book.orders[0].order_id == console.box.posts[0].order_id
        assert console.app.book.orders[0].mine
        assert console.app.book.unclaimed == 0


@pytest.mark.parametrize("change", [hasty, hasty_and_shared])
async def test_a_late_order_is_opened_and_not_chosen_again(open_console: Any, change: Any) -> None:
    async with open_console(change=change, handling_seconds=SLOW) as console:
        screen = await lost(console, LOST_BEFORE)
        held = await in_state(console, screen, PurchaseState.NOT_PLACED)
        late = foreign(console, held, held.quantity)
        await console.press("r")
        if change is hasty_and_shared:
            await console.shows("An order that fits came late")
            await console.until(lambda: screen.possible.highlighted)
            await console.press("o", "y")
        await console.shows("This order came late")
        await console.until(lambda: "It is ours" not in keys(console))
        assert not screen.possible.display
        assert "1 notice" in console.text()
        assert "no answer" not in console.text()
        await console.shows("to do", "keep them as stock", late)
        await console.press("enter")
        opened = await console.until(
            lambda: isinstance(console.screen, OrderScreen) and console.screen
        )
        assert opened.noted_order().order_id == late


async def test_what_was_not_placed_is_watched_and_says_its_evidence_once(open_console: Any) -> None:
    async with open_console(change=hasty) as console:
        screen = await lost(console, LOST_BEFORE)
        await in_state(console, screen, PurchaseState.NOT_PLACED)
        await console.shows("to do", "b buys it again")
        text = await console.shows("watched", "if it comes late; next check in", "1 notice")
        assert text.count("No trace of it in") == 1
        await console.until(lambda: keys(console).get("Look now") == "r")
        before = console.box.requests["GET", "list"]
        await console.press("r")
        await console.until(lambda: console.box.requests["GET", "list"] > before)


async def test_a_look_moves_nothing_on_the_screen(open_console: Any) -> None:
    async with open_console() as console:
        screen = await lost(console, LOST_BEFORE)
        sheet = screen.query_one(UnresolvedSheet)
        await console.until(lambda: sheet.read_at)
        console.box.faults.add(Fault.parse("slow@list=1*30"))
        console.type_ahead("r")
        await console.shows("asking the vendor")
        top = screen.possible.region.y
        console.box.faults.clear()
        await console.until(lambda: not sheet.busy)
        await console.settle()
        assert screen.possible.region.y == top


async def test_each_list_is_filtered_by_itself(open_console: Any) -> None:
    async with open_console(change=shared, handling_seconds=SLOW) as console:
        others = [await unclaimed(console, quantity) for quantity in (2, 3)]
        screen = await lost(console, LOST_AFTER)
        await console.until(lambda: screen.unclaimed_orders.shown == len(others))
        await console.press("slash", *"zzzz")
        await console.shows("Nothing here matches 'zzzz'")
        assert screen.cases.shown == 0
        assert screen.unclaimed_orders.shown >= len(others)
        await console.press("escape")
        assert screen.cases.shown == 1
        assert screen.cases.has_focus
        await console.until(lambda: screen.unclaimed_orders.shown == len(others))
        screen.unclaimed_orders.focus()
        await console.until(lambda: screen.unclaimed_orders.has_focus)
        await console.press("slash", *others[0][-6:], "enter")
        assert [row.order.order_id for row in screen.unclaimed_orders.listed] == others[:1]
        assert screen.unclaimed_orders.has_focus
        await console.press("escape")
        assert screen.unclaimed_orders.shown == len(others)
        await console.press("escape")
        await console.until(lambda: console.screen is not screen)
