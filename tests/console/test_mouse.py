"""The mouse: keys, titles and columns answer a click; it never says yes and never buys."""

from typing import Any

import pytest

from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.help import HelpScreen
from tui.screens.order import OrderScreen
from tui.screens.ticket import TicketScreen


async def click_on(console: Any, words: str, *, row: int | None = None) -> None:
    """Click the first cell of some words on the screen."""
    lines = console.text().splitlines()
    found = [(y, line) for y, line in enumerate(lines) if words in line]
    y, line = found[0] if row is None else found[row]
    await console.click(line.index(words), y)


async def test_a_key_of_the_key_line_is_done_when_it_is_clicked(console: Any) -> None:
    await console.ready()
    focused = console.screen.focused
    await click_on(console, "? Help")
    await console.until(lambda: isinstance(console.screen, HelpScreen))
    await click_on(console, "esc Close")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    assert console.screen.focused is focused
    await click_on(console, "Filter")
    await console.press(*"netflix", "enter")
    assert console.screen.board().filter_text == "netflix"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_a_title_in_a_frame_leads_to_its_pane(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        for title, pane in (("5 Ledger", "ledger"), ("6 Log", "log"), ("3 Orders", "orders")):
            await console.shows(title)
            await click_on(console, title)
            await console.until(lambda pane=pane: console.screen.pane == pane)
            assert console.screen.pane_widget(pane).has_focus
            if size[0] == 80:
                await console.press("1")


async def test_the_title_of_a_column_sorts_by_it_and_then_turns_it(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        board = console.screen.board("catalogue")
        for sort in ("region", "-region", ""):
            await click_on(console, "region")
            await console.until(lambda sort=sort: board.sort == sort)


async def test_a_second_click_opens_a_row(console: Any) -> None:
    await console.buy()
    await console.press("escape", "3")
    await console.shows("PUBG")
    lines = console.text().splitlines()
    y = next(n for n, line in enumerate(lines) if "PUBG" in line and "UC" in line)
    await console.click(10, y)
    assert isinstance(console.screen, DeskScreen)
    await console.click(10, y)
    await console.until(lambda: isinstance(console.screen, OrderScreen))


async def test_no_click_says_yes_or_buys(console: Any) -> None:
    ticket = await console.ticket()
    await console.review(ticket)
    hints = console.text().splitlines()
    for words in [word for line in hints for word in line.split() if word in ("Buy", "y", "enter")]:
        await click_on(console, words)
    assert not ticket.confirmation.armed
    await console.press("y")
    for y, line in enumerate(console.text().splitlines()):
        for x in range(0, len(line), 3):
            await console.click(x, y)
    assert ticket.stage in ("edit", "review")
    assert not console.box.posts
    await console.press("escape", "escape")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    answers: list[bool | None] = []
    console.screen.ask(AskScreen(console.app.context, "Go?", [], yes="Go"), answers.append)
    await console.until(lambda: isinstance(console.screen, AskScreen))
    await console.shows("y Go")
    await click_on(console, "y Go")
    assert not answers
    await click_on(console, "enter No")
    await console.until(lambda: answers == [False])


async def test_a_click_on_buy_opens_a_ticket_alone(console: Any) -> None:
    await console.may_buy()
    await console.choose(lambda denomination: denomination.quantity > 5)
    await console.shows("b Buy")
    await click_on(console, "b Buy")
    await console.until(lambda: isinstance(console.screen, TicketScreen))
    assert not console.box.posts
