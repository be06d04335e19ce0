"""What a console writes to a terminal, in bytes, and where its cursor then is."""

from typing import Any, Literal

import pyte
import pytest
from msgspec.structs import replace
from rich.console import Console as RichConsole
from textual.app import App

from tests.console.conftest import Console, OpenConsole, open_console
from tui.terminal.adapter import DifferentCells
from widgets.board.board import Board

__all__ = ["open_console"]

WIDTH, HEIGHT = 120, 40


class Sent:
    """What was written, and the terminal that received it."""

    def __init__(self) -> None:
        self._terminal = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self._terminal)
        self._written = ""
        self.use("standard")

    def use(self, colours: Literal["standard", "truecolor"]) -> None:
        """Be a terminal of these colours."""
        self._console = RichConsole(force_terminal=True, color_system=colours)

    def take(self, screen: Any, update: object) -> None:
        """Write an update as a driver would."""
        del screen
        if isinstance(update, DifferentCells):
            text = update.render_segments(self._console)
            self._written += text
            self._stream.feed(text)

    def count(self) -> int:
        """Return how many bytes were written since this was asked last."""
        return len(self.written().encode())

    def written(self) -> str:
        """Return what was written since this was asked last."""
        written, self._written = self._written, ""
        return written

    def line(self) -> str:
        """Return the line that the terminal's cursor is on."""
        return self._terminal.display[self._terminal.cursor.y]

    def text(self) -> str:
        """Return what can be read on the terminal."""
        return "\n".join(self._terminal.display)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    received = Sent()
    monkeypatch.setattr(App, "_display", received.take)
    return received


async def test_a_picture_and_each_pane_are_few_bytes(open_console: OpenConsole, sent: Sent) -> None:
    async with open_console(size=(WIDTH, HEIGHT)) as console:
        await console.ready()
        await console.shows("60 UC", "connected")
        await console.settle()
        assert sent.count() <= 10_000
        for key in "2", "3", "1":
            await console.press(key)
            await console.settle()
            assert 0 < sent.count() <= 1_000
        chosen = console.screen.query_one("#catalogue", Board)
        for _ in range(2):
            await console.press("j")
            await console.settle()
            assert chosen.highlighted.title[:12] in sent.line()
        await console.press("question_mark", "escape", "slash", "s", "t", "escape", "ctrl+l")
        await console.settle()
        assert [line.rstrip() for line in sent.text().splitlines()] == [
            line.rstrip() for line in console.text().splitlines()
        ]


async def test_the_cursor_of_the_terminal_follows_what_is_typed(
    open_console: OpenConsole, sent: Sent
) -> None:
    async with open_console(size=(WIDTH, HEIGHT)) as console:
        await console.ready()
        await console.press("slash", "s", "t", "e", "a")
        await console.settle()
        assert "stea" in sent.line()


async def test_an_idle_desk_sends_nothing_but_the_minute(
    open_console: OpenConsole, sent: Sent
) -> None:
    async with open_console(size=(WIDTH, HEIGHT)) as console:
        await console.buy()
        await console.press("escape")
        await console.until(lambda: not console.app.book.open_count)
        console.clock.hold()
        # Stock and balance are a minute old by then and read once more; no second of the count is
        # in the next minute.
        seconds = 135 - console.clock.steady() % 60
        console.clock.advance(seconds)
        console.steady.skip(seconds)
        await passed(console, 1)
        minute = f"{console.clock.now().astimezone():%H:%M}"
        await console.shows(f"read {minute}", f"as of {minute}")
        await console.settle()
        sent.count()
        await passed(console, 10)
        assert sent.written() == ""
        await passed(console, 40)
        assert 0 < sent.count() <= 60


@pytest.mark.parametrize(
    ("colours", "theme", "most", "most_slow"),
    [("standard", "ansi", 50, 12), ("truecolor", "dark", 105, 26)],
)
async def test_two_open_orders_count_in_few_bytes(
    open_console: OpenConsole, sent: Sent, colours: Any, theme: str, most: int, most_slow: int
) -> None:
    sent.use(colours)
    async with open_console(
        size=(WIDTH, HEIGHT),
        handling_seconds=(9_000, 9_000),
        change=lambda settings: replace(settings, ui=replace(settings.ui, theme=theme)),
    ) as console:
        for _ in range(2):
            await console.buy()
            await console.press("escape")
        await console.press("3")
        console.clock.hold()
        for slow, limit in (("off", most), ("on", most_slow)):
            console.app.link.take(slow)
            # Time is skipped here, and the pictures of a slow line are a second apart.
            console.app.link.line.wait = float
            console.app.link.show_look()
            await passed(console, 3)
            sent.count()
            await passed(console, 20)
            assert 0 < sent.count() / 20 <= limit


async def passed(console: Console, seconds: int) -> None:
    """Let so many seconds pass, each drawn."""
    for _ in range(seconds):
        # What waits for the vendor waits as long as a test lasts, not for each of these.
        console.clock._seconds += 1
        console.app._tick()
        await console.settle()
