"""The lock: nothing of the desk is on the screen, work goes on, the key that opens does no more."""

from typing import Any

import pytest
from msgspec.structs import replace
from textual import events

from services.sandbox import Fault
from services.settings.load import Settings
from tui.screens.desk import DeskScreen
from tui.screens.help import HelpScreen
from tui.screens.lock import LockScreen
from tui.screens.order import OrderScreen
from tui.screens.requests import Revealed
from tui.screens.ticket import TicketScreen

CHARACTERS = {"question_mark": "?"}


async def locked(console: Any) -> str:
    await console.press("L")
    await console.until(lambda: isinstance(console.screen, LockScreen))
    return await console.shows("carddesk is locked")


async def test_the_lock_hides_everything_and_any_key_opens_it(console: Any) -> None:
    await console.ready()
    text = await locked(console)
    for private in ("SANDBOX", "DZD", "amina", "demo_reseller", "Catalogue", "PUBG"):
        assert private not in text
    await console.press("q")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    await console.shows("Catalogue")
    assert not console.app._exit


async def revealed(console: Any) -> OrderScreen:
    """Open an order whose card is shown."""
    await console.ready()
    product = next(product for product in console.box.products if product.enabled)
    console.box.finish(console.box.foreign_order(product.id, product.types[0].id, 1))
    await console.press("3", "r")
    await console.until(lambda: any(row.final for row in console.app.book.orders))
    await console.press("enter")
    screen = await console.until(lambda: isinstance(console.screen, OrderScreen) and console.screen)
    await console.until(lambda: screen.cards.count)
    await console.press("v")
    await console.until(lambda: screen.cards.revealed)
    return screen


async def test_a_revealed_card_does_not_come_back_with_the_desk(console: Any) -> None:
    screen = await revealed(console)
    assert "SANDBOX-CARD" not in await locked(console)
    assert not screen.cards.revealed
    await console.press("space")
    await console.shows("•••• ••••")
    assert "SANDBOX-CARD" not in console.text()


async def test_a_card_that_comes_after_locking_is_dropped(console: Any) -> None:
    screen = await revealed(console)
    answer = screen.cards.revealed
    screen.hide()
    screen._asked = True
    await locked(console)
    screen.show_cards(Revealed(answer, {}), None)
    assert not screen.cards.revealed


async def test_tracking_goes_on_behind_the_lock(console: Any) -> None:
    await console.ready()
    await locked(console)
    product = next(product for product in console.box.products if product.enabled)
    console.box.finish(console.box.foreign_order(product.id, product.types[0].id, 1))
    await console.until(lambda: any(row.final for row in console.app.book.orders))
    assert isinstance(console.screen, LockScreen)
    await console.press("x")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    await console.press("3")
    await console.shows("✓ other desk")


async def test_a_screen_that_opens_meanwhile_waits_behind_the_lock(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("escape")
    await locked(console)
    console.app.show(TicketScreen(console.app.context, *ticket._goods))
    await console.settle()
    assert isinstance(console.screen, LockScreen)
    await console.press("space")
    await console.until(lambda: isinstance(console.screen, TicketScreen))


@pytest.mark.parametrize(("minutes", "locks"), [(5, True), (0, False)])
async def test_the_idle_console_locks_itself_unless_set_not_to(
    open_console: Any, monkeypatch: pytest.MonkeyPatch, minutes: int, locks: bool
) -> None:
    def idle(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, lock_minutes=minutes))

    async with open_console(change=idle) as console:
        await console.ready()
        console.app._tick()
        assert isinstance(console.screen, DeskScreen)
        console.steady.skip(5 * 60)
        console.app._tick()
        await console.settle()
        assert isinstance(console.screen, LockScreen if locks else DeskScreen)


async def test_a_key_puts_the_idle_lock_off(console: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await console.ready()
    console.steady.skip(5 * 60)
    await console.press("j")
    console.app._tick()
    await console.settle()
    assert isinstance(console.screen, DeskScreen)


async def test_the_key_that_opens_does_nothing_else(console: Any) -> None:
    await console.ready()
    await locked(console)
    await console.press("question_mark")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    await console.settle()
    assert isinstance(console.screen, DeskScreen)
    await console.press("question_mark")
    assert isinstance(console.screen, HelpScreen)


async def test_keys_behind_the_one_that_opens_are_dropped(console: Any) -> None:
    await console.ready()
    await locked(console)
    for key in ("x", "question_mark", "q"):
        console.app.post_message(events.Key(key, CHARACTERS.get(key, key)))
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    await console.settle()
    assert isinstance(console.screen, DeskScreen)


async def test_the_key_that_locks_does_not_open(console: Any) -> None:
    await console.ready()
    await locked(console)
    await console.press("L", "L")
    await console.shows("Any other key unlocks.")
    assert isinstance(console.screen, LockScreen)


async def test_a_paste_does_not_open_the_lock(console: Any) -> None:
    await console.ready()
    await locked(console)
    console.paste("q\r")
    await console.settle()
    assert isinstance(console.screen, LockScreen)


async def test_a_purchase_that_is_being_sent_goes_on_behind_the_lock(console: Any) -> None:
    ticket = await console.ticket()
    await console.review(ticket)
    console.box.faults.add(Fault("slow", endpoint="placeOrder", phase="before", seconds=1))
    await console.confirm()
    await console.until(lambda: ticket.stage == "sending")
    console.app.lock.close()
    await console.until(lambda: console.app.lock.locked)
    await console.until(lambda: console.box.orders)
    await console.until(lambda: not console.app.book.in_flight)
    await console.press("space")
    await console.until(lambda: console.screen is ticket)
    await console.until(lambda: ticket.stage == "done")
    assert len(console.box.posts) == 1
