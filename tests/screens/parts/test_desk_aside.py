"""The desk goes on living beside an opened screen where the terminal is wide, and takes no key."""

from typing import Any

import pytest
from textual.geometry import Size

from tui.screens.order import OrderScreen
from tui.screens.parts.desk_aside import DeskAside, aside_width
from tui.screens.shift import ShiftScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.undelivered import UndeliveredScreen
from tui.screens.unresolved import UnresolvedScreen

WIDE = (200, 60)


@pytest.mark.parametrize(
    ("columns", "beside", "opened"), [(159, 0, 159), (160, 56, 104), (180, 64, 116), (200, 84, 116)]
)
def test_the_opened_screen_keeps_what_it_needs(columns: int, beside: int, opened: int) -> None:
    assert (aside_width(Size(columns, 48)), columns - beside) == (beside, opened)


async def opened(console: Any, *keys: str, screen: type) -> Any:
    await console.press(*keys)
    return await console.until(lambda: isinstance(console.screen, screen) and console.screen)


async def test_the_board_lives_beside_an_opened_order(open_console: Any) -> None:
    async with open_console(size=WIDE, handling_seconds=(600, 601)) as console:
        await console.buy()
        order = await opened(console, "escape", "3", "enter", screen=OrderScreen)
        aside = await console.until(lambda: order.query_one(DeskAside))
        await console.shows("3 Orders", "4 Balance", "6 Log", "─ Order ", "looks again in")
        board = aside.orders
        assert (board.highlighted.line, board.quiet) == (order.noted_order().line, False)
        product = console.box.products[1]
        console.box.foreign_order(product.id, product.types[0].id, 1)
        await console.press("r")
        await console.until(lambda: board.total == 2)
        await console.press("j", "j")
        assert board.highlighted.line == order.noted_order().line
        assert not aside.query("*:focus")


@pytest.mark.parametrize(
    ("keys", "screen"),
    [("T", UndeliveredScreen), ("3i", TimelineScreen), ("u", UnresolvedScreen), ("R", ShiftScreen)],
)
async def test_each_opened_screen_leaves_room_for_the_desk(
    open_console: Any, keys: str, screen: type
) -> None:
    async with open_console(size=WIDE) as console:
        await console.buy()
        product = console.box.products[1]
        console.box.foreign_order(product.id, product.types[0].id, 1)
        console.desk.refresh_orders()
        await console.until(lambda: console.app.book.unclaimed or keys != "u")
        shown = await opened(console, "escape", *keys, screen=screen)
        aside = await console.until(lambda: shown.query_one(DeskAside))
        await console.shows("3 Orders", "6 Log")
        assert (aside.region.width, shown.query_one("#opened").region.x) == (84, 84)
        await console.resize(120, 40)
        await console.until(lambda: not aside.display)
        assert shown.query_one("#opened").region.width == 120


async def test_no_other_order_is_seen_beside_a_turned_screen(open_console: Any) -> None:
    async with open_console(size=WIDE) as console:
        product = console.box.products[1]
        console.box.foreign_order(product.id, product.types[0].id, 1)
        await console.buy()
        order = await opened(console, "escape", "3", "enter", screen=OrderScreen)
        await console.shows("other desk")
        await console.until(lambda: order.cards.count)
        await console.press("Q")
        await console.until(lambda: order.cards.turned)
        await console.until(lambda: "other desk" not in console.text())
        await console.press("Q")
        await console.shows("other desk", "3 Orders")
