"""Every pane, screen and dialog, from the smallest terminal to a large one, cleanly laid out."""

from typing import Any

import pytest

from services.sandbox import Fault
from services.text import cell_width
from tui.screens.desk import DeskScreen

BOX = ("╭", "│", "╰")
HEADINGS = ("Catalogue", "Stock", "Orders", "Ledger", "Log")
DIALOGS = (
    ("x", ("Export", "c CSV", "esc Cancel")),
    ("colon", ("Commands", "enter Run", "esc Close")),
    ("question_mark", ("Keys here", "esc Close")),
    ("P", ("PIN", "esc Cancel")),
)


def boxed(console: Any) -> list[str]:
    """The lines of the screen that a dialog stands on."""
    return [line for line in console.text().splitlines() if line.strip().startswith(BOX)]


async def test_no_halves_of_words_are_left_beside_a_dialog(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await console.until(lambda: console.app.book.info.can_buy)
        await console.until(lambda: console.screen.board("stock").highlighted)
        for key, words in (
            ("o", "Quantity"),
            ("x", "CSV"),
            ("colon", "Commands"),
            ("question_mark", "Keys here"),
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
        await console.ready()
        await console.until(lambda: console.app.book.info.can_buy)
        for key, heading in zip("12345", HEADINGS, strict=True):
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
        whole_dialog(console, "SANDBOX", "60 UC", "enter Review", "esc Cancel")
        await console.review(ticket)
        await console.shows("Buy 1 card")
        whole_dialog(console, "SANDBOX", "Buy 1 card", "y then enter Buy", "enter Cancel")
        await console.press("y")
        await console.until(lambda: ticket.confirmation.armed)
        await console.shows("ARMED")
        whole_dialog(console, "SANDBOX", "ARMED", "enter BUY")
        await console.press("escape", "escape")
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
        await console.shows("Not settled", "Orders that could be it")
        await whole_screen(console, "esc Back", "Not settled", "1 UNRES")
        await console.press("escape", "q")
        await console.shows("not settled")
        whole_dialog(console, "y ", "enter ")
        await console.press("escape", "b")
        await console.shows("balance")
        await whole_screen(console, "esc Back", "balance")
        await console.press("escape", "L")
        await console.shows("locked")
        whole_dialog(console, "any key Open")
