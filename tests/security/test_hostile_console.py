"""Every screen on hostile text: nothing crashes, nothing acts, every line is as wide as it was."""

from typing import Any

import pytest
from rich.cells import cell_len

from services.sandbox import DEMO_KEY, Fault
from tests.console.conftest import Console, OpenConsole, open_console
from tests.screens.test_setup import Asked, asked, give, to_the_key
from tests.security.hostile_text import BATCHES, STRINGS, SURROGATES, turn_hostile
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.dialogs.prompt import PromptScreen
from tui.screens.dialogs.receipt import ReceiptScreen
from tui.screens.dialogs.receipt_files import ReceiptFilesScreen
from tui.screens.order import OrderScreen
from tui.screens.search_results import SearchResultsScreen
from tui.screens.setup import SetupScreen
from tui.screens.ticket import TicketScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.undelivered import UndeliveredScreen

__all__ = ["asked", "open_console"]


async def harmless(console: Console, screen: type) -> str:
    """Check the picture on the screen: the right screen, plain signs, no action, no odd width."""
    await console.settle()
    assert console.app.crash is None
    assert isinstance(console.screen, screen), console.text()
    width = console.app.size.width
    for strip in console.screen._compositor.render_strips():
        assert sum(cell_len(segment.text) for segment in strip) == width, strip.text
        assert strip.text.isprintable(), repr(strip.text)
        metas = [segment.style.meta for segment in strip if segment.style]
        assert not any("@click" in meta for meta in metas), strip.text
        assert not any(segment.style and segment.style.link for segment in strip), strip.text
    return console.text()


async def click_everything(console: Console) -> None:
    """Click down the middle of the screen: no text may have hidden an action."""
    for line in range(1, console.app.size.height - 1, 3):
        await console.click(console.app.size.width // 2, line)


async def walk(console: Console) -> None:
    """Go through every screen and pane, buying and revealing on the way."""
    await console.ready()
    await console.press("4", "r")
    await harmless(console, object)
    for pane in "12356":
        await console.press(pane, "r")
        await harmless(console, DeskScreen)
        await console.press("j", "G", "z")
        await harmless(console, DeskScreen)
        await console.press("z")
    await console.press("1", "slash", "x", "escape", "escape")
    await harmless(console, DeskScreen)
    await console.press("question_mark")
    await harmless(console, object)
    await console.press("escape", "colon")
    await harmless(console, object)
    await console.press("escape")
    ticket = await console.ticket()
    await harmless(console, TicketScreen)
    # Two cards: a single one is revealed without a question.
    await console.press("plus")
    await console.review(ticket)
    await harmless(console, TicketScreen)
    await console.confirm()
    await console.until(lambda: ticket.stage == "done")
    await harmless(console, TicketScreen)
    await console.press("escape")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    await console.press("3", "g")
    await console.until(lambda: any(row.final and row.mine for row in console.app.book.orders))
    await harmless(console, DeskScreen)
    await an_order(console)


async def an_order(console: Console) -> None:
    """Open our order, reveal its cards, and come as far as its note."""
    await console.press("enter")
    screen = await console.until(lambda: isinstance(console.screen, OrderScreen) and console.screen)
    await console.until(lambda: screen.cards.count)
    await harmless(console, OrderScreen)
    await console.press("v")
    await console.until(lambda: screen.cards.revealed)
    await harmless(console, OrderScreen)
    await click_everything(console)
    await harmless(console, OrderScreen)
    await console.press("V")
    await harmless(console, AskScreen)
    await console.press("y")
    await console.until(lambda: len(screen.cards.revealed) == 2)
    await harmless(console, OrderScreen)
    await console.press("t")
    for _ in range(3):
        await harmless(console, ReceiptScreen)
        await console.press("l")
    await console.press("w")
    await console.until(lambda: isinstance(console.screen, OrderScreen))
    await console.press("W")
    await harmless(console, ReceiptFilesScreen)
    await console.press("escape", "n")
    await harmless(console, PromptScreen)
    await console.press("escape", "i")
    await console.until(lambda: isinstance(console.screen, TimelineScreen) and console.screen)
    await console.until(lambda: not console.screen.sheet.busy)
    await harmless(console, TimelineScreen)
    await click_everything(console)
    await console.press("G")
    await harmless(console, TimelineScreen)
    await console.press("q", "q", "T")
    await harmless(console, UndeliveredScreen)
    await console.press("q")
    await a_lookup(console)
    await console.press("q")
    await harmless(console, DeskScreen)
    await click_everything(console)
    assert console.app.crash is None
    assert console.app.is_running


async def a_lookup(console: Console) -> None:
    """List the orders of the day, and click them."""
    product = next(product for product in console.box.products if product.enabled)
    console.box.foreign_order(product.id, product.types[0].id, 1)
    await console.press("f", *"today", "enter")
    await console.until(
        lambda: isinstance(console.screen, SearchResultsScreen) and console.screen.orders.shown
    )
    await harmless(console, SearchResultsScreen)
    await click_everything(console)
    await harmless(console, SearchResultsScreen)


@pytest.mark.parametrize("size", [(80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
async def test_every_screen_only_shows_it(
    open_console: OpenConsole, poison: Any, names: list[str], size: tuple[int, int]
) -> None:
    poison([STRINGS[name] for name in names])
    async with open_console(size=size) as console:
        turn_hostile(console.box)
        await walk(console)


CURRENCIES = ("[/][@click=app.quit]x", "\x1b]0;owned\x07\x1b[2J", "\u202e\x9b31m" + "表" * 40)


@pytest.mark.parametrize("currency", CURRENCIES, ids=["markup", "escapes", "wide"])
async def test_a_hostile_currency_refuses_in_plain_words(
    open_console: OpenConsole, currency: str
) -> None:
    async with open_console(size=(80, 24)) as console:
        await console.ready()
        ticket = await console.ticket()
        console.box.faults.add(
            Fault("shape:currency", endpoint="checkProduct", value=currency, times=0)
        )
        await console.press("enter")
        await console.until(lambda: "is priced in" in console.text())
        await harmless(console, TicketScreen)
        await click_everything(console)
        await harmless(console, TicketScreen)
        assert ticket.stage != "done"
        assert not console.box.posts


@pytest.mark.parametrize("name", SURROGATES)
async def test_half_a_character_leaves_the_console_standing(
    open_console: OpenConsole, poison: Any, name: str
) -> None:
    poison([SURROGATES[name]])
    async with open_console() as console:
        turn_hostile(console.box)
        for pane in "12356":
            await console.press(pane, "r")
            await harmless(console, DeskScreen)
        await console.press("4", "r")
        await harmless(console, object)


async def test_hostile_identifiers_and_statuses_leave_the_console_standing(
    open_console: OpenConsole, poison: Any
) -> None:
    poison(STRINGS.values(), identifiers=True)
    async with open_console(size=(120, 40)) as console:
        turn_hostile(console.box)
        product = next(product for product in console.box.products if product.enabled)
        for text in STRINGS.values():
            console.box.foreign_order(product.id, product.types[0].id, 1)
            console.box.faults.add(Fault("status", endpoint="list", value=text[:200]))
            await console.press("3", "r")
        for pane in "12345":
            await console.press(pane, "r", "g", "enter")
            await console.settle()
            await harmless(console, object)
            await console.press("escape")


async def test_pasted_and_typed_text_is_only_text(open_console: OpenConsole) -> None:
    async with open_console() as console:
        await console.ready()
        await console.press("slash")
        for text in STRINGS.values():
            console.paste(text)
        await harmless(console, DeskScreen)
        await console.press("escape", "escape")
        ticket = await console.ticket()
        for text in STRINGS.values():
            console.paste(text)
        await harmless(console, TicketScreen)
        assert ticket.stage != "done"
        assert not console.box.posts


@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
async def test_a_set_up_only_shows_what_the_vendor_calls_the_account(
    asked: Asked, poison: Any, names: list[str]
) -> None:
    for name in names[::5]:
        poison([STRINGS[name]])
        async with asked() as console:
            console.box.faults.add(Fault("hostile", endpoint="validate", times=0))
            await to_the_key(console)
            await harmless(console, SetupScreen)
            await give(console, DEMO_KEY)
            await console.until(lambda: "4 of 6" in console.text())
            await harmless(console, SetupScreen)
            await click_everything(console)
            await harmless(console, SetupScreen)
