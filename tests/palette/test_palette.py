"""The command line: settings and arguments, completion, history, and errors in words."""

import stat
from pathlib import Path
from typing import Any

import pytest

from services.local_files.command_history import LONGEST, CommandHistory
from tui.actions.action import ActionContext
from tui.actions.synonyms import OTHER_NAMES
from tui.actions.table import ACTIONS
from tui.palette import live_settings
from tui.palette.parser import ARGUMENTS, DEBUG, nearest, remembered
from tui.palette.screen import PaletteScreen
from tui.screens.desk import DeskScreen
from widgets.bars.key_hints import HintLine
from widgets.bars.status_bar import StatusBar
from widgets.panes.orders import OrderBoard


async def typed(console: Any, line: str) -> None:
    await console.press("colon")
    await console.until(lambda: isinstance(console.screen, PaletteScreen))
    await console.press(*("space" if char == " " else char for char in line), "enter")


async def test_a_theme_is_changed_until_the_operator_leaves(console: Any) -> None:
    await console.ready()
    await typed(console, "theme light")
    await console.shows("theme is light until you leave", "config.toml to keep it")
    assert console.app.theme == "light"


async def test_a_number_reaches_the_screens_that_show_it(console: Any) -> None:
    await console.ready()
    await typed(console, "low_balance 9000000")
    await console.until(lambda: console.screen.query_one(StatusBar).low_balance == 9_000_000)
    await console.shows("DZD low")


async def test_a_command_is_found_by_what_people_call_it_where_no_title_has_the_word(
    console: Any,
) -> None:
    await console.ready()
    await console.press("colon")
    palette = console.screen
    for word, title in (
        ("exit", "console: Leave"),
        ("quitter", "console: Leave"),
        ("solde", "go: Balance"),
        ("ACHETÉ", "sell: Buy"),
        ("azerty", "setting: Keyboard"),
        ("csv", "lists: Export as CSV"),
        ("last digits", "lists: Find an order"),
        # A title that has it comes first, and what only resembles another name is not guessed.
        ("orders", "go: Orders"),
        ("exti", ""),
    ):
        palette.line.value = word
        await console.settle()
        row = palette.board.highlighted
        assert (row.title if row else "") == title, word


def test_every_other_name_is_one_of_something_that_exists() -> None:
    known = {action.id for action in ACTIONS} | {f":{verb}" for verb in ARGUMENTS}
    known |= {f"={name}" for name in live_settings.LIVE} | {DEBUG}
    assert OTHER_NAMES.keys() <= known


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_a_setting_became_is_below_when_the_palette_is_gone(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        for line, words in (
            ("lock_minutes 7", "lock_minutes is 7"),
            ("theme dark", "theme is dark"),
        ):
            await typed(console, line)
            await console.until(lambda: isinstance(console.screen, DeskScreen))
            await console.until(lambda: console.screen.query_one(HintLine).size)
            await console.settle()
            hints = console.screen.query_one(HintLine)
            drawn = "".join(hints.render_line(y).text for y in range(hints.size.height))
            assert words in drawn


async def test_what_was_wrong_with_a_line_is_gone_when_the_next_is_typed(console: Any) -> None:
    await console.ready()
    await console.press("colon")
    await console.shows("type a command, tab completes")
    await console.press(*"debugger", "enter")
    text = await console.shows("No command is called 'debugger' here.", "Nothing here matches")
    assert "esc shows everything again" not in text
    assert "Empty the line" in text
    await console.press("backspace")
    await console.until(lambda: "No command is called" not in console.text())
    await console.shows("enter Run")


async def test_the_cursor_of_a_line_is_the_terminals_own_colours_exchanged(console: Any) -> None:
    await console.ready()
    await console.press("colon", "d")
    cursor = list(console.screen.line.render_line(0))[1]
    style = cursor.style
    assert (style.color.is_default, style.bgcolor.is_default, style.reverse) == (True, True, True)


async def test_a_value_out_of_range_is_refused_and_nothing_changes(console: Any) -> None:
    await console.ready()
    await typed(console, "reveal_seconds 900")
    await console.shows("must be a whole number from 1 to 300")
    assert console.app.context.settings.ui.reveal_seconds == 20


async def test_a_keyboard_changes_which_keys_are_heard(console: Any) -> None:
    await console.ready()
    await typed(console, "keyboard azerty")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    await console.shows(" é Stock ")
    await console.press("é")
    assert console.screen.pane == "stock"


async def test_goto_and_filter_take_what_is_typed(console: Any) -> None:
    await console.ready()
    await typed(console, "filter netflix")
    await console.until(lambda: console.screen.board("catalogue").filter_text == "netflix")
    await typed(console, "goto ord")
    await console.until(lambda: console.screen.pane == "orders")


async def test_a_note_is_written_from_the_command_line(console: Any) -> None:
    await console.buy()
    await console.press("escape", "3")
    board = console.screen.query_one(OrderBoard)
    await console.until(lambda: board.highlighted)
    await typed(console, "note paid by phone")
    await console.until(lambda: board.highlighted and board.highlighted.note == "paid by phone")
    assert console.app.commands._history.lines[-1] == "note "


async def test_tab_completes_and_up_brings_back_the_line_before(console: Any) -> None:
    await console.ready()
    await typed(console, "privacy on")
    await console.until(lambda: console.app.privacy)
    await console.press("colon", *"them", "tab")
    assert console.screen.line.value == "theme "
    await console.shows("high-contrast")
    await console.press("escape", "colon", "up")
    assert console.screen.line.value == "privacy on"
    await console.press("down")
    assert console.screen.line.value == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("them dark", "The nearest is theme"),
        ("max_total 5", "purchase.max_total cannot be changed while the console runs"),
        ("reveal", "Reveal does not exist in catalogue"),
    ],
)
def test_what_is_no_command_here_says_what_comes_near(line: str, words: str) -> None:
    assert words in nearest(line, ActionContext())


def test_no_purchase_limit_is_among_the_settings_that_change() -> None:
    others = set(live_settings.NAMES) - live_settings.LIVE.keys()
    assert not others, f"only settings of [ui] can be changed with `:`, not {others}"


def test_history_keeps_no_note_and_is_bounded_and_private(tmp_path: Path) -> None:
    history = CommandHistory(tmp_path)
    for number in range(LONGEST + 10):
        history.add(remembered(f":reveal_seconds {number}"))
    history.add(remembered(":note the customer's name"))
    history.save()
    file = tmp_path / "commands"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "customer" not in file.read_text("utf-8")
    again = CommandHistory(tmp_path)
    again.load()
    assert again.lines == history.lines
    assert len(again.lines) == LONGEST


def test_history_that_cannot_be_written_is_kept_in_memory(tmp_path: Path) -> None:
    history = CommandHistory(tmp_path / "nowhere")
    history.add("theme dark")
    history.save()
    assert history.lines == ["theme dark"]


@pytest.mark.parametrize(("size", "columns"), [((80, 24), 1), ((120, 40), 2), ((200, 60), 3)])
async def test_commands_stand_in_columns_where_there_is_room(
    open_console: Any, size: tuple[int, int], columns: int
) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        await console.press("colon")
        await console.shows("go: Catalogue")
        titles = next(line for line in console.text().splitlines() if " command " in line)
        assert titles.count("command") == columns
        assert ("ctrl+q ctrl+c" in console.text()) == (columns > 1)
        await console.press(*"wri")
        await console.shows("Files with cards for customers that are")


async def test_down_leads_over_the_end_of_a_column(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await console.press("colon")
        await console.shows("go: Catalogue")
        board = console.screen.board
        await console.press(*["down"] * board._high)
        assert board.listed.index(board.highlighted) == board._high
        first = next(line for line in console.text().splitlines() if "go: Catalogue" in line)
        assert f"▌ {board.highlighted.title}" in first
        await console.click(20, console.text().splitlines().index(first))
        assert board.highlighted.title == "go: Catalogue"
