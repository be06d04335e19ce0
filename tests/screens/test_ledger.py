"""The ledger pane: today's movements beside their orders, one key away."""

from typing import Any

from msgspec.structs import replace

from services.sandbox import Fault
from services.settings.load import Settings
from tests.console.conftest import cheap
from tui.screens.dialogs.prompt import PromptScreen
from tui.screens.order import OrderScreen
from widgets.panes.ledger import LedgerPane


def charged(settings: Settings) -> Settings:
    """A desk for real money."""
    return replace(settings, profile=replace(settings.profile, environment="production"))


async def test_a_purchase_is_in_the_ledger_and_opens_its_order(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(120, 40)) as console:
        await console.buy()
        await console.press("escape", "5")
        await console.shows("matches your orders", "order")
        row = console.screen.query_one(LedgerPane).highlighted
        assert row.order is not None
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, OrderScreen))
        await console.shows(row.order_id)


async def test_a_ledger_that_cannot_be_read_says_so_and_r_repairs_it(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged) as console:
        await console.may_buy()
        console.box.faults.add(Fault.parse("http500@transactions*0"))
        await console.press("5")
        await console.shows("The ledger could not be read")
        console.box.faults.clear()
        await console.press("r")
        await console.shows("Opening balance")


async def test_privacy_hides_the_amounts_of_the_highlighted_movement_too(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged) as console:
        await console.may_buy()
        await console.press("5")
        await console.shows("250 000", "Opening balance")
        await console.press("d")
        await console.until(lambda: "250 000" not in console.text())


async def test_a_row_follows_the_note_of_its_order(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(120, 40)) as console:
        await console.buy()
        await console.press("escape", "5")
        await console.shows("matches your orders")
        pane = console.screen.query_one(LedgerPane)
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, OrderScreen))
        await console.press("n")
        await console.until(lambda: isinstance(console.screen, PromptScreen))
        await console.press(*"Karim", "enter", "escape")
        await console.until(lambda: pane.highlighted.order.note == "Karim")
        await console.shows("Karim", "matches your orders")


async def test_a_row_follows_an_order_that_the_board_does_not_hold(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(120, 40)) as console:
        await console.buy()
        await console.press("escape", "5")
        await console.shows("matches your orders")
        pane = console.screen.query_one(LedgerPane)
        old = replace(pane.highlighted.order, order_id="66f0aa", purchase_id="p-old")
        pane.ledger = replace(
            pane.ledger, rows=(replace(pane.highlighted, order_id="66f0aa", order=old),)
        )
        console.app.show_order(replace(old, note="Lamia"))
        await console.until(lambda: pane.highlighted.order.note == "Lamia")


async def test_a_movement_comes_into_a_ledger_in_sight_unasked(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(120, 40)) as console:
        await console.may_buy()
        await console.press("5")
        await console.shows("Opening balance")
        pane = console.screen.query_one(LedgerPane)
        before = len(pane.ledger.rows)
        product, denomination = await console._find(cheap)
        await console.desk.buy(await console.desk.quote(product.id, denomination.id, 1))
        await console.until(lambda: len(pane.ledger.rows) == before + 1)
        await console.shows(product.title)
