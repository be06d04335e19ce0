"""Paid, and codes that are not here yet: seen on the board, followed, called for, and given."""

from typing import Any

from msgspec.structs import replace

from services.sandbox import Fault
from services.settings.load import Settings
from tui.screens.order import OrderScreen


async def bought(console: Any) -> None:
    """Buy two cards and look at the board."""
    ticket = await console.ticket()
    ticket.query_one("#quantity").value = "2"
    await console.review(ticket)
    await console.confirm()
    await console.shows("Paid, 0 of 2 codes are here")
    assert "after" not in console.text().partition("codes late")[2].partition("Paid")[0]


async def test_a_ticket_follows_codes_that_come_late(open_console: Any) -> None:
    async with open_console(handling_seconds=(0, 0)) as console:
        console.box.faults.add(Fault.parse("shape:no-cards"))
        await bought(console)
        console.box.faults.clear()
        console.app.desk.refresh_orders()
        await console.shows("Both cards are here.", "2 of 2 after")


async def test_codes_that_are_late_are_seen_called_for_and_given(open_console: Any) -> None:
    def calling(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, tell="bell"))

    async with open_console(change=calling, handling_seconds=(0, 0)) as console:
        console.box.faults.add(Fault.parse("shape:no-cards"))
        await bought(console)
        await console.press("escape", "3")
        await console.shows("! codes late", "1 handling")
        assert "1 codes late" not in console.text()
        await console.press("v")
        await console.shows("no cards to show yet")
        console.clock.advance(125)
        await console.shows("1 codes late")
        assert any("for two minutes" in entry.text for entry in console.app.book.log)
        console.box.faults.clear()
        console.box.faults.add(Fault.parse("shape:few-cards"))
        await console.press("enter", "r")
        screen = await console.until(
            lambda: isinstance(console.screen, OrderScreen) and console.screen
        )
        await console.shows("Paid, 1 of 2 codes is here", "The card that is here can be")
        await console.press("v")
        await console.until(lambda: screen.cards.revealed)
        console.box.faults.clear()
        await console.press("r")
        await console.shows("Both cards are here.")
        await console.until(lambda: not console.app.book.codes_late)
        assert screen.cards.count == 2
