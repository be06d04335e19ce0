"""What is opened seldom, on hostile text: what is not settled, money, dialogs, the lock, files."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.sandbox import Fault
from services.settings.load import Settings
from tests.console.conftest import Console, OpenConsole, open_console
from tests.security.hostile_text import BATCHES, STRINGS, turn_hostile
from tests.security.test_hostile_console import click_everything, harmless
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.dialogs.receipt_files import ReceiptFilesScreen
from tui.screens.dialogs.set_pin import PinScreen
from tui.screens.dialogs.watch import WatchScreen
from tui.screens.lock import LockScreen
from tui.screens.money import MoneyScreen
from tui.screens.search_results import SearchResultsScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.unresolved import UnresolvedScreen

__all__ = ["open_console"]


def shared(settings: Settings) -> Settings:
    """An account that others buy on too: what was not answered waits for a person."""
    return replace(settings, profile=replace(settings.profile, account_exclusive=False))


async def home(console: Console) -> None:
    """Go back to the desk."""
    while not isinstance(console.screen, DeskScreen):
        await console.press("escape")


async def what_is_not_settled(console: Console) -> None:
    """Look at a purchase with candidates and at unclaimed orders, and ask about both."""
    await console.press("u")
    screen = await console.until(
        lambda: isinstance(console.screen, UnresolvedScreen) and console.screen
    )
    await console.until(lambda: screen.possible.shown and screen.unclaimed_orders.shown)
    await harmless(console, UnresolvedScreen)
    await console.press("r")
    await harmless(console, UnresolvedScreen)
    for board in (screen.cases, screen.possible, screen.unclaimed_orders):
        board.focus()
        await console.until(lambda board=board: board.has_focus)
        await console.press("slash", "e")
        await harmless(console, UnresolvedScreen)
        await console.press("escape")
    await console.until(lambda: screen.possible.shown)
    screen.possible.focus()
    # A row that only just came under the cursor is not acted on.
    await console.until(lambda: not any(board.slid for board in screen.chosen_in()))
    await console.press("o")
    await harmless(console, AskScreen)
    await console.press("n", "e")
    await harmless(console, UnresolvedScreen)
    await click_everything(console)
    await harmless(console, object)
    await home(console)


async def a_lookup(console: Console, order_id: str) -> None:
    """Find an order by its last digits: what is found once tells its timeline."""
    await console.press("f", *"today", "enter")
    screen = await console.until(
        lambda: isinstance(console.screen, SearchResultsScreen) and console.screen
    )
    await console.until(lambda: screen.orders.shown)
    await harmless(console, SearchResultsScreen)
    assert screen.orders.move_to(order_id)
    await console.press("enter")
    await console.until(lambda: isinstance(console.screen, TimelineScreen))
    await console.until(lambda: not console.screen.sheet.busy)
    await harmless(console, TimelineScreen)
    await home(console)


async def a_watch(console: Console) -> None:
    """Watch a product, hear of it, and look at the watch again."""
    await console.press("1", "B")
    await console.until(lambda: isinstance(console.screen, WatchScreen))
    await harmless(console, WatchScreen)
    await console.press("enter")
    await console.until(lambda: console.app.book.watches)
    await harmless(console, DeskScreen)
    [watch] = console.app.book.watches
    for kind in next(p for p in console.box.products if p.id == watch.product_id).types:
        console.box.set_price(kind.id, Decimal(77_777))
    await console.until(lambda: console.clock.advance(30) or console.app.book.watch_news)
    await harmless(console, DeskScreen)
    await console.press("B")
    await console.until(lambda: isinstance(console.screen, WatchScreen))
    await harmless(console, WatchScreen)
    await home(console)


@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
async def test_what_is_opened_seldom_only_shows_it_too(
    open_console: OpenConsole, poison: Any, names: list[str], paths: Any
) -> None:
    poison([STRINGS[name] for name in names])
    folder = paths.state_dir / "handed"
    folder.mkdir(parents=True, mode=0o700)
    for number, name in enumerate(names):
        hostile = STRINGS[name].replace("/", "_").replace("\0", "_").encode()[:80]
        (folder / f"{number}-{hostile.decode(errors='ignore')}.txt").write_text("SANDBOX-CARD")
    async with open_console(change=shared, handling_seconds=(600, 600)) as console:
        await console.ready()
        await console.until(lambda: console.app.book.poll.state == "live")
        turn_hostile(console.box)
        await console.clock.sleep(1)
        product = next(product for product in console.box.products if product.enabled)
        theirs = console.box.foreign_order(product.id, product.types[0].id, 9)
        console.box.faults.add(Fault.parse("reset@placeOrder:after"))
        await console.buy()
        await home(console)
        await console.until(lambda: console.app.book.unsettled)
        await what_is_not_settled(console)
        await a_lookup(console, theirs)
        await a_watch(console)
        for keys, screen in ((("4", "enter"), MoneyScreen), (("P",), PinScreen)):
            await console.press(*keys)
            await harmless(console, screen)
            await click_everything(console)
            await harmless(console, object)
            await home(console)
        await console.press("W")
        await console.until(lambda: console.screen.files.total == len(names))
        for key in ("G", "slash", "1", "enter", "X"):
            await console.press(key)
            await harmless(console, AskScreen if key == "X" else ReceiptFilesScreen)
        await console.press("n")
        await home(console)
        await console.press("L")
        await harmless(console, LockScreen)
        assert console.app.crash is None
