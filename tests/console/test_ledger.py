"""The ledger pane: today's movements beside their orders, one key away."""

from typing import Any

from msgspec.structs import replace

from services.sandbox import Fault
from services.settings import Settings
from tui.screens.order import OrderScreen
from widgets.ledger_pane import LedgerPane


def charged(settings: Settings) -> Settings:
    """A desk for real money."""
    return replace(settings, profile=replace(settings.profile, environment="production"))


async def test_a_purchase_stands_in_the_ledger_and_opens_its_order(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(120, 40)) as console:
        await console.buy()
        await console.press("escape", "4")
        text = await console.shows("AGREES with the orders", "order")
        assert "Orders" not in text.replace("the orders", "")
        row = console.screen.query_one(LedgerPane).highlighted
        assert row.order is not None
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, OrderScreen))
        await console.shows(row.order_id)


async def test_a_ledger_that_cannot_be_read_says_so_and_r_mends_it(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged) as console:
        await console.until(lambda: console.app.book.info.can_buy)
        console.box.faults.add(Fault.parse("http500@transactions*0"))
        await console.press("4")
        await console.shows("The ledger could not be read")
        console.box.faults.clear()
        await console.press("r")
        await console.shows("Opening balance")


async def test_privacy_hides_the_amounts_of_the_highlighted_movement_too(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged) as console:
        await console.until(lambda: console.app.book.info.can_buy)
        await console.press("4")
        await console.shows("250 000", "Opening balance")
        await console.press("d")
        await console.until(lambda: "250 000" not in console.text())
