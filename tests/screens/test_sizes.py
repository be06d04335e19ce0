"""Every pane, screen and dialog, from the smallest terminal to a large one, cleanly laid out."""

from typing import Any

import pytest

from services.domain.text import cell_width
from services.sandbox import Fault
from tui.screens.desk import DeskScreen

BOX = ("╭", "│", "╰")
HEADINGS = ("Catalogue", "Stock", "Orders", "Ledger", "Log")
DIALOGS = (
    ("colon", ("Commands", "enter Run", "esc Close")),
    ("P", ("PIN", "esc Cancel")),
)


def boxed(console: Any) -> list[str]:
    """The lines of the screen that a dialog is on."""
    screen = console.screen
    band = screen.query_one(".band").region if screen.query(".band") else screen.region
    lines = [
        line[band.x : band.right] for line in console.text().splitlines()[band.y : band.bottom]
    ]
    return [line for line in lines if line.strip().startswith(BOX)]


async def test_no_halves_of_words_are_left_beside_a_dialog(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.may_buy()
        await console.until(lambda: console.screen.board("stock").highlighted)
        for key, words in (
            ("colon", "Commands"),
            ("P", "PIN"),
        ):
            await console.press(key)
            await console.shows(words)
            lines = boxed(console)
            assert lines[0].strip().startswith("╭")
            assert lines[-1].strip().startswith("╰")
            assert len({line.index(line.strip()[0]) for line in lines}) == 1
            assert len({len(line.rstrip()) for line in lines}) == 1
            await console.press("escape")
            await console.until(lambda: isinstance(console.screen, DeskScreen))


def whole(console: Any, *words: str) -> str:
    """Assert that every line is as wide as the terminal and every word there; return the text."""
    width, height = console.app.size
    text = console.text()
    assert [cell_width(line) for line in text.splitlines()] == [width] * height, text
    for word in words:
        assert word in text, f"{word!r} is not on:\n{text}"
    return text


async def whole_screen(console: Any, way_out: str, *words: str) -> None:
    await console.until(lambda: console.text().rstrip().endswith(way_out))
    whole(console, *words)


def whole_dialog(console: Any, *words: str) -> None:
    text = whole(console, *words)
    first, *others, last = (line.strip() for line in boxed(console))
    assert (first[0], first[-1], last[0], last[-1]) == ("╭", "╮", "╰", "╯"), text
    assert all((line[0], line[-1]) == ("│", "│") for line in others), text


@pytest.mark.parametrize("size", [(60, 18), (300, 100)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_is_whole_at_the_smallest_and_at_a_vast_size(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await console.may_buy()
        for key, heading in zip("12356", HEADINGS, strict=True):
            await console.press(key)
            await console.shows(heading)
            await whole_screen(console, "q Leave", heading)
            await console.press("z")
            await whole_screen(console, "q Leave", heading)
            await console.press("z", "slash", "a")
            whole(console, heading, "/a")
            await console.press("escape")


async def test_every_dialog_is_whole_at_the_smallest_size(open_console: Any) -> None:
    async with open_console(size=(60, 18)) as console:
        ticket = await console.ticket()
        whole_dialog(console, "SANDBOX", "60 UC", "enter Review", "esc Close")
        await console.review(ticket)
        await console.shows("Buy 1 PUBG")
        whole_dialog(console, "SANDBOX", "Buy 1 PUBG", "y then enter Buy", "enter alone Back")
        await console.press("y")
        await console.until(lambda: ticket.confirmation.armed)
        await console.shows("enter buys now")
        whole_dialog(console, "SANDBOX", "enter buys now", "enter Buy")
        await console.press("escape")
        for key, words in DIALOGS:
            await console.press(key)
            await console.shows(*words)
            whole_dialog(console, *words)
            await console.press("escape")


async def test_order_money_and_unresolved_are_whole_at_the_smallest_size(
    open_console: Any,
) -> None:
    async with open_console(size=(60, 18)) as console:
        console.box.faults.add(Fault.parse("reset@placeOrder:before"))
        await console.buy()
        await console.press("u")
        await console.shows("Unresolved", "Could it be one of these?")
        await whole_screen(console, "esc Back", "Unresolved", "1 NO ANSWER")
        await console.press("escape", "q")
        await console.shows("not settled")
        whole_dialog(console, "y ", "enter ")
        await console.press("escape", "4", "enter")
        await console.shows("4 Balance")
        await whole_screen(console, "esc Back", "4 Balance")
        await console.press("escape", "L")
        await console.shows("locked")
        whole_dialog(console, "any key Unlock")
