"""Help: all keys by topic in the columns that fit; a key pressed there is done, or says why not."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.settings.load import Settings
from tui.actions.action import DIALOGS, SETUP, ActionContext
from tui.actions.table import ACTIONS
from tui.actions.topics import of_place
from tui.screens.desk import DeskScreen
from tui.screens.help import HelpScreen
from tui.screens.ticket import TicketScreen
from widgets.sheets.key_help import KeyEntry, KeyHelp


async def help_open(console: Any) -> KeyHelp:
    await console.may_buy()
    await console.press("question_mark")
    await console.until(lambda: isinstance(console.screen, HelpScreen))
    return console.screen.sheet


async def turned_page(console: Any, *, beside: bool) -> str:
    """Return the screen that explains signs: the keys' own, or the other page of the help."""
    if not beside:
        await console.press("tab")
        await console.shows("tab Keys", "cost what we pay")
    return await console.shows("Signs and words")


def test_every_action_of_a_screen_with_a_key_is_in_the_help() -> None:
    listed = {action.id for each in of_place(ActionContext()) for action in each.actions}
    keyed = {each.id for each in ACTIONS if each.keys and each.where - DIALOGS - SETUP}
    assert keyed - listed <= {"nav.page_down", "nav.page_up"}


@pytest.mark.parametrize(("size", "columns"), [((80, 24), 3), ((120, 40), 3), ((200, 60), 6)])
async def test_all_keys_are_in_sight_in_the_columns_that_fit(
    open_console: Any, size: tuple[int, int], columns: int
) -> None:
    async with open_console(size=size) as console:
        sheet = await help_open(console)
        text = await console.shows("Help · catalogue", "Take off, all", "Set the lock PIN")
        hidden = [entry.words for entry in sheet.entries if entry.words not in text]
        assert not hidden, f"no line is left for {hidden}: pair two in tui/actions/topics.py"
        assert len(sheet._columns(size[0])) == columns
        assert "SANDBOX" in text.splitlines()[0]
        page = await turned_page(console, beside=size[0] >= 112)
        for words in (
            "○ handling",
            "• changed just now",
            "▌ row that keys",
            "* pinned",
            "~ bought",
        ):
            assert words in page


async def test_the_live_keys_of_the_place_are_named(open_console: Any) -> None:
    def remapped(settings: Settings) -> Settings:
        return replace(settings, keys={"refresh": "f5"})

    async with open_console(change=remapped, keyboard="azerty+ar") as console:
        await help_open(console)
        await console.shows("f5     Refresh", "&      Catalogue", "-      Log")
        await console.press("slash", *"next line", "enter", "g")
        await console.shows("j down: Next line (ت)")


async def test_the_chosen_key_is_marked_as_the_rows_of_lists_are(console: Any) -> None:
    sheet = await help_open(console)
    await console.press("j")
    [row] = [line for line in sheet._drawn if line[0].text == "▌"]
    assert [piece.text.strip() for piece in row[:3]] == ["▌", "2", "Stock"]
    assert row[2].ink == "plain row row-name"


async def test_in_ascii_each_sign_means_one_thing(open_console: Any) -> None:
    def drawn_in_ascii(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, ascii="on"))

    async with open_console(change=drawn_in_ascii) as console:
        await help_open(console)
        await console.press("tab")
        page = await console.shows("@ ready", "+ changed just now", "* pinned")
        assert page.count("* ") == 1


async def test_a_key_pressed_in_help_is_done(console: Any) -> None:
    await help_open(console)
    await console.press("3")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    assert console.screen.pane == "orders"
    await console.press("question_mark", "d")
    await console.until(lambda: console.app.privacy)
    assert isinstance(console.screen, DeskScreen)


async def test_enter_does_the_chosen_key(console: Any) -> None:
    await console.ready()
    await console.choose(lambda denomination: denomination.quantity > 5)
    sheet = await help_open(console)
    await console.press("slash", *"buy again", "enter")
    assert sheet.chosen == "buy"
    await console.press("enter")
    await console.until(lambda: isinstance(console.screen, TicketScreen))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("v", "v works on an order: 3 shows the orders."),
        ("u", "Nothing is unresolved or unclaimed."),
        ("y", "Nothing is asked now: it answers a question"),
        ("x", "Exporting is on e (CSV) and E (JSON)."),
        ("o", "Buying is on b and enter."),
        ("f5", "f5 does nothing here. / Filter, enter Do it"),
    ],
)
async def test_what_cannot_be_done_here_says_why(console: Any, key: str, words: str) -> None:
    await help_open(console)
    await console.press(key)
    await console.shows(words)
    assert isinstance(console.screen, HelpScreen)


async def test_help_is_filtered_and_escape_lists_all_of_it_again(console: Any) -> None:
    sheet = await help_open(console)
    total = len(sheet.entries)
    await console.press("slash", *"card", "enter")
    assert 0 < len(sheet.entries) < total
    await console.press("escape")
    assert len(sheet.entries) == total
    await console.press("escape")
    assert isinstance(console.screen, DeskScreen)


async def test_arrows_go_through_all_columns(open_console: Any) -> None:
    async with open_console(size=(60, 18)) as console:
        sheet = await help_open(console)
        seen = [sheet.chosen]
        for _ in sheet.entries:
            await console.press("j")
            seen.append(sheet.chosen)
            words = next(entry.words for entry in sheet.entries if entry.id == sheet.chosen)
            assert words in console.text()
        assert set(seen) == {entry.id for entry in sheet.entries}
        await console.press("g", "l", "h")
        assert sheet.chosen == "pane.catalogue"


async def test_a_desk_that_cannot_buy_shows_no_key_that_buys(open_console: Any) -> None:
    async with open_console(read_only=True) as console:
        await console.ready()
        await console.press("question_mark")
        text = await console.shows("Help · orders")
        assert "Buy" not in text


async def test_a_click_chooses_and_a_second_one_does_it(console: Any) -> None:
    sheet = await help_open(console)
    entry: KeyEntry = next(each for each in sheet.entries if each.id == "pane.orders")
    lines = console.text().splitlines()
    y = next(n for n, line in enumerate(lines) if line[1:8].strip() == entry.keys)
    await console.click(4, y)
    assert sheet.chosen == "pane.orders"
