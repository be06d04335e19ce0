"""Drawing in ASCII: on every screen no line, dot or sign but letters, which vendors may write."""

import unicodedata
from typing import Any

import pytest
from msgspec.structs import replace

from services.domain.secrets import Secret
from services.settings.load import Settings
from tests.console.conftest import Console
from tests.screens.test_setup import Asked, asked, to_the_key  # noqa: F401
from tests.screens.test_unresolved import LOST_BEFORE, lost
from tui.screens.desk import DeskScreen
from tui.screens.order import OrderScreen

SIZES = [(60, 18), (170, 50)]


def drawn_in_ascii(settings: Settings) -> Settings:
    return replace(settings, ui=replace(settings.ui, ascii="on"))


def signs(text: str) -> set[str]:
    """The signs of a screen that are neither ASCII nor letters of some script."""
    return {
        char for char in text if not char.isascii() and unicodedata.category(char)[0] not in "LM"
    }


async def plain(console: Console, *words: str) -> None:
    """The screen shows these words, and no sign that a console font may lack."""
    text = await console.shows(*words)
    # What lies under a dialog is drawn as well, and is looked at when it lies on top.
    assert signs(text) == set(), text


async def opened(console: Console, *keys: str, words: str) -> None:
    await console.press(*keys)
    await plain(console, words)
    await console.press("escape")
    await console.until(lambda: isinstance(console.screen, DeskScreen))


@pytest.mark.parametrize("size", SIZES)
async def test_no_sign_is_drawn_on_the_desk_and_what_opens_from_it(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size, change=drawn_in_ascii) as console:
        await console.ready()
        await plain(console, "Catalogue", "PUBG Mobile UC")
        await console.press("2")
        await plain(console, "2 Stock ")
        await opened(console, "question_mark", words="Help - stock")
        await opened(console, "colon", words="go: Catalogue")
        await opened(console, "4", "enter", words="Spent per hour")
        await console.press("2")
        await opened(console, "P", "1", "2", words="The new PIN          **")
        await console.app.context.pin.set(Secret("7291"))
        await console.press("L", "7", "2", "9")
        await plain(console, "PIN: ***")
        await console.press("1")
        console.apart()
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, DeskScreen))
        await console.press("d")
        await console.shows("privacy" if size[0] > 80 else "Stock")
        await plain(console)
        await console.press("d", "6")
        await plain(console, "Log")
        await console.press("5")
        await plain(console, "5 Ledger ")
        await console.press("slash", *"nothing-like-it", "enter")
        await plain(console, "Nothing here matches")


@pytest.mark.parametrize("size", SIZES)
async def test_no_sign_is_drawn_from_the_ticket_to_the_card(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size, change=drawn_in_ascii) as console:
        ticket = await console.ticket()
        await plain(console, "enter Review")
        await console.review(ticket)
        await plain(console, "Press y and then enter")
        await console.confirm()
        await console.until(lambda: ticket.stage == "done")
        await plain(console, "Ordered")
        await console.press("escape", "3")
        await plain(console, "@ ready")
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, OrderScreen))
        await plain(console, "**** ****")
        await console.press("v")
        await plain(console, "SANDBOX-CARD-")
        await opened_over(console, "n", words="Note on")
        await console.press("v")
        await console.shows("SANDBOX-CARD-")
        await opened_over(console, "t", words="hand over")
        await opened_over(console, "i", words="1 x pubg")
        await console.press("escape", "f", *"today", "enter")
        await plain(console, "You can tell the customer")


async def opened_over(console: Console, key: str, words: str) -> None:
    await console.press(key)
    await console.until(lambda: not isinstance(console.screen, OrderScreen))
    await plain(console)
    assert words.lower() in console.text().lower()
    await console.press("escape")
    await console.until(lambda: isinstance(console.screen, OrderScreen))


async def test_no_sign_is_drawn_where_purchases_are_settled(open_console: Any) -> None:
    async with open_console(change=drawn_in_ascii) as console:
        await lost(console, LOST_BEFORE)
        await plain(console, "Unresolved")
        await console.press("ctrl+q")
        await plain(console, "Leave")


async def test_no_sign_is_drawn_in_the_set_up(asked: Asked) -> None:  # noqa: F811
    async with asked() as console:
        console.app.take_signs("on")
        await to_the_key(console)
        await plain(console, "3 of 6")
        console.paste("a-key")
        await plain(console, "> *****")


async def test_signs_and_ascii_are_changed_while_it_runs(open_console: Any) -> None:
    async with open_console(size=(170, 50)) as console:
        await console.ready()
        await console.shows("· PUBG Mobile UC")
        await console.press("colon", *"ascii", "space", *"on", "enter")
        await console.shows("2 Stock ", "ascii is on until you leave")
        await plain(console)


async def test_what_has_to_be_typed_letter_by_letter_keeps_its_signs() -> None:
    from widgets.drawing import style
    from widgets.drawing.ink import Cell, fitted

    style.take(style.Look(ascii=True))
    try:
        line = fitted((Cell("AB–12…", "secret"), Cell("AB–12…")), 20)
    finally:
        style.take(style.Look())
    assert [drawn.text for drawn in line[:2]] == ["AB–12…", "AB-12~"]
