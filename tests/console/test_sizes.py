"""Every pane, screen and dialog, from the smallest terminal to a large one, cleanly laid out."""

from typing import Any

from tui.screens.desk import DeskScreen

BOX = ("╭", "│", "╰")


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
