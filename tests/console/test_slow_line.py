"""Slow line mode on the screen: what it changes, when it paints, and the figures of the line."""

from typing import Any

from tui.screens.desk import DeskScreen
from tui.screens.order import OrderScreen
from tui.terminal.link import PAINT_SECONDS
from widgets.bars.link_strip import LinkStrip
from widgets.drawing import style
from widgets.panes.orders import OrderBoard


async def typed(console: Any, line: str) -> None:
    await console.press("colon", *("space" if char == " " else char for char in line), "enter")
    await console.until(lambda: isinstance(console.screen, DeskScreen))


async def test_slow_is_turned_on_and_off_while_it_runs(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await typed(console, "slow on")
        await console.shows("slow line", "slow_line is on until you leave")
        assert console.app.link.line.slow
        await typed(console, "slow off")
        await console.shows("slow_line is off until you leave")
        await console.until(lambda: "slow line" not in console.text())
        assert not style.now().coarse


async def test_changes_wait_for_each_other_and_a_key_does_not_wait(open_console: Any) -> None:
    async with open_console() as console:
        await console.ready()
        await console.press("3")
        await typed(console, "slow on")
        line, painted = console.app.link.line, []
        painted_before = line.painted
        line.painted = lambda: (painted.append(console.text()), painted_before())
        now = line._steady()
        line._steady = lambda: now
        # No key has been pressed for long, and a picture has just gone out.
        line._key_at = line._hurried_at = float("-inf")
        line._painted_at = now
        board = console.screen.query_one(OrderBoard)
        for number in range(5):
            board.subject = f"no {number}"
            await console.settle()
        now += PAINT_SECONDS - 0.01
        await console.settle()
        assert not painted
        now += 0.02
        await console.until(lambda: painted)
        board.subject = "no 5"
        await console.settle()
        assert len(painted) == 1
        assert "· no 4" in painted[0]
        await console.press("1")
        # Time has not gone on: what is painted now is painted for the key, be it in two pictures.
        await console.until(lambda: any("1 Catalogue" in picture for picture in painted[1:]))


async def test_what_is_held_back_is_painted_when_the_terminal_has_answered(
    open_console: Any,
) -> None:
    async with open_console() as console:
        await console.ready()
        await typed(console, "slow on")
        line = console.app.link.line
        line.asked()
        line.meter.wrote(5_000)
        assert line.wait() > 1
        console.screen.query_one("#catalogue").stale = "held back"
        await console.until(lambda: console.screen._paint_timer)
        console.app.link.answered(line._steady())
        assert console.screen._paint_timer is None


async def test_debug_shows_the_figures_below_the_keys_and_frees_the_line_again(
    open_console: Any,
) -> None:
    async with open_console() as console:
        await console.ready()
        await typed(console, "debug")
        last = (await console.shows("B/s", "frames/s", "trip", "full (auto)")).splitlines()[-1]
        assert "B/s" in last
        await console.press("4", "enter")
        assert "B/s" in (await console.shows("Best sellers", "B/s")).splitlines()[-1]
        await console.press("escape")
        await typed(console, "debug")
        await console.until(lambda: "Leave" in console.text().splitlines()[-1])
        assert not console.screen.query(LinkStrip)


async def test_the_figures_go_on_when_something_happens_on_the_account(open_console: Any) -> None:
    async with open_console() as console:
        await console.ready()
        await typed(console, "debug")
        console.app.alerts.follow(console.app.book)
        first = await console.until(lambda: console.app.link.figures)
        await console.until(lambda: console.app.link.figures is not first)


async def test_a_full_redraw_is_a_key_and_takes_nothing_for_granted(console: Any) -> None:
    await console.ready()
    console.app.context.picture.begin(80, 24, whole=True)
    await console.press("ctrl+l")
    await console.until(lambda: not console.app.context.picture.known)


async def test_a_card_is_hidden_at_once_whatever_is_under_way(open_console: Any) -> None:
    async with open_console() as console:
        await console.buy()
        await console.press("escape", "3")
        await console.shows("ready")
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, OrderScreen))
        await console.press("v")
        await console.shows("SANDBOX-CARD-")
        console.app.link.take("on")
        line, painted = console.app.link.line, []
        line.asked()
        line.meter.wrote(50_000)
        line._key_at = line._hurried_at = float("-inf")
        assert line.wait() > 1
        painted_before = line.painted
        line.painted = lambda: (painted.append(console.text()), painted_before())
        console.screen.conceal()
        await console.until(lambda: painted)
        assert "SANDBOX-CARD-" not in painted[0]


async def test_the_figures_and_the_alerts_count_apart(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        console.app.link.toggle_figures()
        pending = console.app.alerts._pending
        console.app.link._show_figures()
        assert console.app.alerts._pending is pending
        assert not isinstance(pending, int)
