"""`B`: what a watch is to speak of, how it is said, and how it is taken off again."""

import json
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from services.domain.watching.watch import WatchedFor
from services.settings.load import Settings
from tests.console.conftest import cheap
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.watch import WatchScreen


async def opened(console: Any) -> WatchScreen:
    await console.press("B")
    return await console.until(lambda: isinstance(console.screen, WatchScreen) and console.screen)


async def watched(console: Any, count: int = 1) -> Any:
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    await console.until(lambda: len(console.app.book.watches) == count)
    return console.app.book.watches


async def test_a_value_is_watched_shown_and_taken_off(console: Any) -> None:
    await console.may_buy()
    value = await console.choose(cheap)
    await opened(console)
    await console.shows("back in stock", "yes", "5 %", "off", f"{value.quantity} cards in stock")
    await console.press("enter")
    [watch] = await watched(console)
    assert (watch.type_id, watch.wants, watch.by) == (value.id, WatchedFor(), "amina")
    await console.shows("Watched: ", "w ")
    await opened(console)
    await console.shows("Set at", "by amina", "x Watch no more")
    await console.press("x")
    assert await watched(console, 0) == ()
    await console.shows("Not watched any more")


async def test_numbers_are_typed_or_chosen_and_kept(console: Any) -> None:
    await console.may_buy()
    await console.choose(cheap)
    await opened(console)
    await console.press("l", "j", "7", "full_stop", "5", "tab", "l", "l", "enter")
    [watch] = await watched(console)
    assert watch.wants == WatchedFor(back=False, percent=Decimal("7.5"), below=5)
    await opened(console)
    await console.shows("7.5 %")
    await console.press("k", "backspace", "2", "0", "up", "h", "enter")
    await console.until(lambda: console.app.book.watches[0].wants.below == 20)
    assert console.app.book.watches[0].wants.percent == Decimal(5)


async def test_digits_of_every_keyboard_are_digits(open_console: Any) -> None:
    def french(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, keyboard="azerty"))

    async with open_console(keyboard="azerty", change=french) as console:
        await console.may_buy()
        await console.choose(cheap)
        await opened(console)
        await console.press("down", "down", "ampersand", "à", "enter")
        [watch] = await watched(console)
        assert watch.wants.below == 10


async def test_a_watch_that_would_never_speak_is_not_set(console: Any) -> None:
    await console.may_buy()
    await console.choose(cheap)
    await opened(console)
    await console.press("space", "j", "backspace", "enter")
    await console.shows("A watch has to speak of something")
    await console.press("3", "0", "0", "0", "0", "enter")
    await console.shows("per cents from 0 to 1000")
    await console.press("y")
    await console.shows("enter Watch")
    await console.press("escape")
    assert await watched(console, 0) == ()


async def test_a_product_is_watched_from_the_catalogue(console: Any) -> None:
    await console.may_buy()
    await console.choose(cheap)
    await console.press("1")
    await opened(console)
    await console.press("enter")
    [watch] = await watched(console)
    assert watch.type_id == ""
    await console.shows(f"w {watch.product}")


async def test_the_price_and_the_name_of_the_vendor_are_only_text(console: Any) -> None:
    await console.may_buy()
    value = await console.choose(cheap)
    product = console.app.screen.product
    hostile = replace(product, title="[red]\x1b]0;x\x07[@click=app.quit]quit[/]")
    screen = WatchScreen(console.app.context, f"{hostile.title} {value.name}", "[/]", None)
    console.app.show(screen)
    await console.shows("[@click=app.quit]quit[/]", "[/]")


async def test_a_watched_value_is_read_and_said_in_every_way(
    open_console: Any, tmp_path: Any
) -> None:
    kept = tmp_path / "calls"

    def calling(settings: Settings) -> Settings:
        ui = replace(settings.ui, tell_command=f"tee -a {kept}")
        return replace(settings, ui=ui)

    async with open_console(change=calling) as console:
        await console.may_buy()
        value = await console.choose(cheap)
        await opened(console)
        await console.press("j", "j", "5", "enter")
        await watched(console)
        await console.until(lambda: console.app.screen.listens or console.app.screen.unsay())
        console.box.set_stock(value.id, 2)
        await console.until(lambda: console.clock.advance(30) or console.app.book.watch_news)
        await console.shows("Stock is low", "2 cards left")
        assert any("Stock is low" in entry.text for entry in console.app.book.log)
        await console.until(kept.exists)
        call = await console.until(lambda: kept.read_text() and json.loads(kept.read_text()))
        assert (call["event"], call["state"], call["type_id"]) == ("watch", "low", value.id)
        assert (call["stock"], call["order"]) == (2, None)


async def test_a_product_that_vanished_can_still_be_taken_off(console: Any) -> None:
    await console.may_buy()
    await console.choose(cheap)
    await opened(console)
    await console.press("enter")
    [watch] = await watched(console)
    console.box.withdraw(watch.product_id)
    await console.until(lambda: console.clock.advance(30) or console.app.book.watch_news)
    await opened(console)
    await console.shows("The vendor does not list it any more.")
    await console.press("x")
    assert await watched(console, 0) == ()


async def test_a_desk_that_only_looks_watches_too(open_console: Any) -> None:
    async with open_console(read_only=True) as console:
        await console.ready()
        await console.choose(cheap)
        await opened(console)
        await console.press("enter")
        await watched(console)
