"""What is selected is shown in full beside the lists, from 160 columns on."""

from typing import Any

import pytest

from tui.screens.desk import DeskScreen
from widgets.panes.selected import OrderPreview, SelectedPane, ValuePreview

FOLLOWING = ("list", "balance")


def preview(console: Any) -> Any:
    return console.screen.query_one(SelectedPane)


async def preview_read(console: Any, row: Any) -> None:
    await console.until(
        lambda: (
            isinstance(chosen := preview(console).chosen, OrderPreview)
            and chosen.row.line == row.line
            and chosen.timeline
        )
    )


@pytest.mark.parametrize("size", [(160, 48), (160, 36), (200, 60)])
async def test_it_follows_the_cursor_and_asks_the_vendor_nothing(
    size: tuple[int, int], open_console: Any
) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        for product in console.box.products[1:4]:
            console.box.foreign_order(product.id, product.types[0].id, 1)
        console.box.finish()
        await console.buy()
        await console.press("escape")
        await console.until(lambda: len(console.app.book.orders) == 4)
        await console.press("2")
        await console.until(lambda: isinstance(preview(console).chosen, ValuePreview))
        await console.press("3", "g")
        board = console.screen.board("orders")
        await preview_read(console, board.highlighted)
        await console.until(lambda: not console.app.book.open_count)
        # Values of other desks are named by and by.
        named = {kind.name for product in console.box.products for kind in product.types}
        await console.until(lambda: all(o.denomination in named for o in console.app.book.orders))
        # The stock in sight gets no older meanwhile.
        console.clock.hold()
        # What follows the orders goes on asking for the list of them, and for the balance.
        asked = console.box.requests
        before = {kind: asked[kind] for kind in asked if kind[1] not in FOLLOWING}
        for _ in range(3):
            await console.press("j")
            await preview_read(console, board.highlighted)
        await console.press("g")
        await preview_read(console, board.highlighted)
        assert before == {kind: asked[kind] for kind in asked if kind[1] not in FOLLOWING}
        assert "SANDBOX-CARD" not in console.text()


async def test_it_has_no_room_below_160_columns(open_console: Any) -> None:
    async with open_console(size=(159, 60)) as console:
        await console.ready()
        assert not console.screen.query(SelectedPane)
        await console.resize(160, 60)
        await console.until(lambda: console.screen.query(SelectedPane))
        await console.until(lambda: preview(console).display)
        await console.press("3", "z")
        assert not preview(console).display


async def test_a_shown_card_is_never_shown_there(open_console: Any) -> None:
    async with open_console(size=(200, 60)) as console:
        await console.ready()
        await console.buy()
        await console.press("escape", "3", "g")
        row = await console.until(
            lambda: (row := console.screen.noted_order()) and row.to_give and row
        )
        await preview_read(console, row)
        await console.shows("card 1", "not shown yet")
        await console.press("enter", "v")
        await console.shows("SANDBOX-CARD")
        await console.press("escape")
        await console.until(lambda: isinstance(console.screen, DeskScreen))
        text = await console.shows("card 1    •••• ••••   shown")
        assert "SANDBOX-CARD" not in text
        assert "SANDBOX-CARD" not in repr(preview(console).chosen)


async def test_a_read_only_desk_has_it_as_well(open_console: Any) -> None:
    async with open_console(size=(160, 48), read_only=True) as console:
        await console.ready()
        product = console.box.products[1]
        console.box.foreign_order(product.id, product.types[0].id, 1)
        console.box.finish()
        await console.press("3", "r")
        row = await console.until(console.screen.noted_order)
        await preview_read(console, row)
        await console.shows("another desk", "Placed by another desk")


async def test_the_ledger_in_sight_is_read_without_a_key(open_console: Any) -> None:
    async with open_console(size=(160, 48), charge=True) as console:
        await console.ready()
        pane = console.screen.board("ledger")
        await console.until(lambda: pane.ledger)
        assert console.screen.pane != "ledger"


async def test_3_leaves_an_order_that_is_done_for_the_first_row(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await console.buy()
        await console.press("escape", "3")
        row = await console.until(
            lambda: (row := console.screen.noted_order()) and row.to_give and row
        )
        product = console.box.products[3]
        console.box.foreign_order(product.id, product.types[0].id, 1)
        await console.press("1", "r", "3")
        await console.until(lambda: len(console.app.book.orders) == 2)
        assert console.screen.noted_order().line == row.line
        await console.press("m", "2")
        await console.until(lambda: console.screen.noted_order().given_at)
        await console.press("3")
        board = console.screen.board("orders")
        assert console.screen.noted_order().line != row.line
        assert board.chosen_line == 2
